from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from router.stages.expiring import Expiring

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
TIMES = st.integers(0, 90).map(lambda seconds: START + timedelta(seconds=seconds))
CHANGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | TIMES), max_size=40)


@given(st.lists(st.tuples(CHANGES, TIMES, st.integers(1, 7)), max_size=8))
def test_it_lists_the_oldest_of_what_has_expired_whatever_was_asked_and_changed_before(
    rounds: list[tuple[list[tuple[str, datetime | None]], datetime, int]],
) -> None:
    known: dict[str, datetime] = {}
    expiring = Expiring(known.get)
    for changes, at, limit in rounds:
        for key, expires_at in changes:
            if expires_at is None:
                known.pop(key, None)
            else:
                known[key] = expires_at
                expiring.add(key, expires_at)
        expected = sorted((expires_at, key) for key, expires_at in known.items() if expires_at <= at)[:limit]
        assert expiring.expired(at, limit) == tuple(key for _, key in expected)
        assert expiring.expired(at, limit) == tuple(key for _, key in expected)
