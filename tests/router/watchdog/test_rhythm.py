"""When a channel's silence is news: by what always came at that hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from router.watchdog.facts.rhythm import LEAST, Rhythm, silent, usual

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)


def week(by_day: int = 60, by_night: int = 0, days: int = 7) -> dict[datetime, int]:
    hours = (MONDAY + HOUR * number for number in range(24 * days))
    return {hour: by_day if 8 <= hour.hour < 20 else by_night for hour in hours}


NEXT = MONDAY + timedelta(days=7)


def test_a_channel_with_one_contact_a_minute_is_silent_after_three_quarters_of_an_hour() -> None:
    always = usual(week())
    noon = NEXT + 12 * HOUR
    assert not silent(always, noon, noon + timedelta(minutes=46))
    assert silent(always, noon, noon + timedelta(minutes=47))


def test_a_busy_channel_is_still_given_a_quarter_of_an_hour() -> None:
    always = usual(week(by_day=6000))
    noon = NEXT + 12 * HOUR
    assert not silent(always, noon, noon + LEAST - timedelta(seconds=1))
    assert silent(always, noon, noon + LEAST)


def test_a_night_in_which_nothing_ever_comes_is_no_news() -> None:
    always = usual(week())
    evening = NEXT + 20 * HOUR
    assert not silent(always, evening, evening + 12 * HOUR)
    assert silent(always, evening, evening + 13 * HOUR)


def test_one_quiet_sunday_in_the_week_makes_no_hour_one_that_always_speaks() -> None:
    counts = week() | {hour: 0 for hour in week() if hour.weekday() == 6}
    assert not silent(usual(counts), NEXT, NEXT + timedelta(days=3))


def test_with_less_than_three_days_nothing_is_known() -> None:
    assert usual(week(days=2)) == {}


def test_a_contact_ends_the_silence() -> None:
    rhythm = Rhythm()
    rhythm.learnt(week(by_day=600), NEXT)
    rhythm.ended(100, NEXT)
    now = NEXT + 10 * HOUR
    assert rhythm.silent(now) == NEXT - 4 * HOUR
    rhythm.ended(101, now)
    assert rhythm.silent(now + timedelta(minutes=14)) is None


@given(st.integers(0, 500), st.integers(0, 100), st.integers(0, 48), st.integers(0, 2000))
def test_a_longer_silence_is_never_less_news(by_day: int, by_night: int, start: int, minutes: int) -> None:
    always, since = usual(week(by_day, by_night)), NEXT + start * HOUR
    until = since + timedelta(minutes=minutes)
    assert not silent(always, since, until) or silent(always, since, until + HOUR)
    assert not silent(always, since, min(until, since + LEAST - timedelta(seconds=1)))
