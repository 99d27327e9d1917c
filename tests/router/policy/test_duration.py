from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.policy.duration import LONGEST, UNITS, duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("60 s", timedelta(seconds=60)),
        ("10min", timedelta(minutes=10)),
        ("1.5 h", timedelta(minutes=90)),
        ("90 d", timedelta(days=90)),
        ("PT24H", timedelta(days=1)),
        ("P90D", timedelta(days=90)),
    ],
)
def test_a_length_of_time_reads_as_people_write_it(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("value", [24, 1.5, "24", "0 s", "-1 h", "PT-1H", "4 weeks", "", None, True, ["1 h"], "9999 d"])
def test_what_has_no_unit_or_no_sense_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="length of time"):
        duration(value)


@given(st.text() | st.text("P0123456789.TDHMSWY-: smindh"))
def test_any_text_is_a_usable_length_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert timedelta(0) < duration(text) <= LONGEST


@given(st.integers(1, 3000), st.sampled_from(sorted(UNITS)))
def test_a_number_and_its_unit_multiply(number: int, unit: str) -> None:
    assert duration(f"{number} {unit}") == number * UNITS[unit]
