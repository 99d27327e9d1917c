from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.trace import traceparent

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
