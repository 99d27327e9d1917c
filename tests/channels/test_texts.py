from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.handles import LIMIT as HANDLE_LIMIT
from channels.handles import handle
from channels.texts import LIMIT, bounded, capped, cleaned, line
from channels.times import rfc2822


def test_newlines_are_one_kind_and_control_characters_go() -> None:
    assert cleaned("a\r\nb\rc\u2028d\x00e\x1b[31m\tf") == "a\nb\nc\nde[31m\tf"
    assert cleaned("x\ud800y") == "x\ufffdy"


@given(st.text(st.characters(codec=None), max_size=200), st.integers(0, 60))
def test_a_cut_text_fits_is_a_beginning_and_says_that_it_was_cut(text: str, limit: int) -> None:
    text = cleaned(text)
    short, cut = capped(text, limit)
    assert len(short.encode()) <= limit
    assert text.startswith(short)
    assert cut == (short != text)
    assert not cut or len(short.encode()) > limit - 4


def test_the_full_text_is_told_only_where_it_says_more() -> None:
    assert bounded("new", " new\n") == ("new", None, False)
    assert bounded("new", "new\n> old") == ("new", "new\n> old", False)
    text, full, cut = bounded("new", "x" * (LIMIT + 1))
    assert (text, len(full or ""), cut) == ("new", LIMIT, True)


def test_a_line_is_one_line() -> None:
    assert line("  a\r\n b\t ") == "a b"
    assert line("\x00 ") is None
    assert line(None) is None
    assert len(line("x" * 9_999) or "") == 1_000


@given(st.text(st.characters(codec=None), min_size=1, max_size=500))
def test_a_handle_is_final_whatever_it_is_made_of(name: str) -> None:
    found = handle("sms", name)
    assert len(found.value) <= HANDLE_LIMIT
    again = handle("sms", found.value.removeprefix("sms:"))
    assert again == found


def test_long_handles_that_differ_at_their_ends_stay_apart() -> None:
    assert handle("x", "a" * 400 + "1") != handle("x", "a" * 400 + "2")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Sun, 22 Nov 2026 15:03:01 +0100", "2026-11-22T14:03:01+00:00"),
        ("22 Nov 2026 14:03:01 -0000", "2026-11-22T14:03:01+00:00"),
        ("Sun, 22 Nov 2026 14:03:01 GMT (comment)", "2026-11-22T14:03:01+00:00"),
    ],
)
def test_dates_are_read_into_utc(text: str, iso: str) -> None:
    found = rfc2822(text)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize(
    "text", [None, "", "soon", "Mon, 99 Foo 2026", "Thu, 1 Jan 1000 00:00:00 +1400", "1 Jan 1950 00:00:00 +0000"]
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert rfc2822(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    rfc2822(text)
    rfc2822("Sun, 22 Nov 2026 15:03:01 " + text)
