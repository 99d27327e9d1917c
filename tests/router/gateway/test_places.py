from __future__ import annotations

import pytest

from router.gateway.places import LARGE, MIB, Full, Places


async def test_places_are_given_back_whatever_happens() -> None:
    places = Places(most=1, most_bytes=10)
    for _ in range(3):
        with pytest.raises(Full), places.take() as place:
            place.grow(9)
            place.grow(2)
    with places.take() as place:
        place.grow(10)
        with pytest.raises(Full), places.take():
            pass
    await places.idle()
    assert (places.size, places.taken) == (0, 0)


def test_large_bodies_leave_room_for_small_ones() -> None:
    places = Places(most_bytes=40 * MIB)
    with places.take() as mail, places.take() as another, places.take() as text:
        mail.reach(29 * MIB)
        with pytest.raises(Full):
            another.reach(2 * MIB)
        text.reach(LARGE)
    assert places.size == 0


def test_what_is_dropped_makes_room_at_once() -> None:
    places = Places(most_bytes=10)
    with places.take() as one, places.take() as other:
        one.reach(8)
        with pytest.raises(Full):
            other.reach(8)
        one.clear()
        other.reach(8)
    assert places.size == 0
