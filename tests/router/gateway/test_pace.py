from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.gateway.pace import SILENT_S, SLOWEST, Pace


@given(st.floats(0, 1e6), st.floats(0, 1e4), st.integers(0, 2**40))
def test_silence_and_dripping_both_come_to_an_end(started: float, since: float, received: int) -> None:
    deadline = Pace(started).deadline(started + since, received)
    assert deadline <= started + since + SILENT_S
    assert deadline <= started + SILENT_S + received / SLOWEST


def test_a_mail_of_30_mb_may_take_minutes_as_long_as_it_comes() -> None:
    pace, at = Pace(0.0), 0.0
    for received in range(0, 30_000_000, 500_000):
        assert at < pace.deadline(at, received)
        at += 5.0
