from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.phones import phone


@pytest.mark.parametrize(
    ("text", "region", "final"),
    [
        ("+1 206 555 0123", None, "+12065550123"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+39 06 1234567", None, "+39061234567"),
        ("+12065550123", "zz", "+12065550123"),
    ],
)
def test_a_possible_number_is_e164(text: str, region: str | None, final: str) -> None:
    found = phone(text, region)
    assert found is not None
    assert found.value == final


@pytest.mark.parametrize("text", ["", "+", "+1", "0123", "12345", "hello", "+" + "9" * 30, "9" * 100, "2065550123"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert phone(text) is None


@given(st.text("+0123456789 -()x;=,abc\u0660", max_size=45), st.sampled_from([None, "US", "DE", "IT", "XX", "é"]))
def test_a_found_number_is_found_again(text: str, region: str | None) -> None:
    found = phone(text, region)
    if found is not None:
        assert found.value[0] == "+"
        assert found.value[1:].isascii()
        assert phone(found.value) == found
