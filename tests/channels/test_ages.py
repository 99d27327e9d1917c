from __future__ import annotations

from datetime import timedelta

import pytest

from channels.ages import longest
from channels.contract import Secrets
from channels.errors import Misconfigured

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("4d", timedelta(days=4)),
        ("36 h", timedelta(hours=36)),
        ("90m", timedelta(minutes=90)),
        ("300S", timedelta(minutes=5)),
        ("3600", timedelta(hours=1)),
        ("999999999d", timedelta(days=999_999_999)),
    ],
)
def test_an_age_is_told_in_days_hours_minutes_or_seconds(text: str, age: timedelta) -> None:
    assert longest(Secrets(options={"X_MAX_AGE": (text,)}), "X_MAX_AGE", DAY) == age


def test_without_the_setting_the_channels_own_age_holds() -> None:
    assert longest(Secrets(), "X_MAX_AGE", DAY) == DAY


@pytest.mark.parametrize("values", [("soon",), ("-1d",), ("1.5h",), ("٣d",), ("1d", "2d")])
def test_an_age_that_cant_be_read_is_our_fault_and_names_the_setting(values: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured, match="ROUTER_X_MAX_AGE: expected one age"):
        longest(Secrets(options={"X_MAX_AGE": values}), "X_MAX_AGE", DAY)
