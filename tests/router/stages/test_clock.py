from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from router.stages import clock
from router.stages.contract import Entries
from tests.router.stages.situations import NOON

MOMENTS = st.integers(-200_000, 200_000).map(lambda seconds: NOON + timedelta(seconds=seconds))


@given(st.lists(MOMENTS, min_size=1))
def test_time_never_goes_back(appended: list[datetime]) -> None:
    entries, times = Entries({}), []
    for each in appended:
        times.append(clock.now(entries, each))
        entries = clock.told(entries, times[-1])
    assert times == sorted(times)
    assert times[-1] == max(appended)


@given(MOMENTS, MOMENTS)
def test_nobody_waits_since_the_future_or_since_more_than_a_day(received: datetime, at: datetime) -> None:
    since, misdated = clock.waiting_from(received, at)
    assert timedelta(0) <= at - since <= timedelta(hours=24)
    assert misdated == (at - received > timedelta(hours=24))


def test_who_was_received_a_moment_ago_waits_since_then() -> None:
    assert clock.waiting_from(NOON, NOON + timedelta(seconds=4)) == (NOON, False)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_what_was_spooled_within_a_day_of_its_receipt_is_believed_however_late_it_is_told(
    received: datetime, spooled: datetime, at: datetime
) -> None:
    since, misdated = clock.waiting_from(received, at, int(spooled.timestamp() * 1000))
    assert since <= at
    assert misdated == (spooled - received > timedelta(hours=24))
    if not misdated:
        assert since == min(received, at)
