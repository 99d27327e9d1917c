from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.times import EARLIEST, iso8601


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-22T14:03:11Z", datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)),
        ("2026-11-22T15:03:11+01:00", datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)),
        (" 2026-11-22T14:03:11.5 ", datetime(2026, 11, 22, 14, 3, 11, 500_000, tzinfo=UTC)),
        ("2026-11-22T14:03:11.123456789Z", datetime(2026, 11, 22, 14, 3, 11, 123_456, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc(text: str, at: datetime) -> None:
    assert iso8601(text) == at


@pytest.mark.parametrize(
    "text",
    [None, "", "T", "soon", "2026-11-22", "2026-13-22T00:00:00Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00"],
)
def test_what_is_no_time_is_none(text: str | None) -> None:
    assert iso8601(text) is None


@given(st.text(max_size=40) | st.datetimes().map(datetime.isoformat))
def test_any_text_is_a_time_since_1970_or_none(text: str) -> None:
    at = iso8601(text)
    assert at is None or at >= EARLIEST
