"""Nonces, places and traces."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Verified
from channels.errors import Forged
from router.gateway.nonces import Nonces
from router.gateway.places import Full, Places
from router.gateway.trace import traceparent

ONCE = Verified(nonce="n1", keep=timedelta(minutes=5))


def body(sha256: str) -> Callable[[], str]:
    return lambda: sha256


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_nonce_is_one_body_s_for_its_time() -> None:
    clock = Clock()
    nonces = Nonces(clock=clock)
    nonces.check("p", ONCE, body("a"))
    nonces.check("p", ONCE, body("b"))
    nonces.remember("p", ONCE, body("a"))
    nonces.check("p", ONCE, body("a"))
    nonces.check("other", ONCE, body("b"))
    with pytest.raises(Forged):
        nonces.check("p", ONCE, body("b"))
    clock.now = 301
    nonces.check("p", ONCE, body("b"))


def test_no_more_nonces_are_kept_than_fit() -> None:
    nonces = Nonces(most=2, clock=Clock())
    for number in range(3):
        nonces.remember("p", Verified(nonce=str(number), keep=timedelta(hours=1)), body("a"))
    nonces.check("p", Verified(nonce="0"), body("b"))
    with pytest.raises(Forged):
        nonces.check("p", Verified(nonce="2"), body("b"))


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


VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00")


def test_a_valid_trace_goes_on() -> None:
    assert traceparent(VALID) == VALID


@pytest.mark.parametrize("header", [None, "", "x", VALID + "-x", VALID.replace("4bf", "4BF"), "ff" + VALID[2:]])
def test_anything_else_begins_a_new_one(header: str | None) -> None:
    assert FORM.fullmatch(traceparent(header))
    assert traceparent(header) != traceparent(header)


@given(st.text(max_size=60))
def test_what_goes_on_is_always_in_the_form(header: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", traceparent(header))
