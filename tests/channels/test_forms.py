from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from channels.forms import pairs

ASCII = st.text(st.characters(max_codepoint=127), max_size=80)
ODD = st.text(st.sampled_from("&=+%;aF0 9e\x00"), max_size=60)


@given(ASCII | ODD)
def test_any_text_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert pairs(text) == tuple(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace"))


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_what_was_written_as_a_form_is_read_again(written: list[tuple[str, str]]) -> None:
    assert pairs(urlencode(written)) == tuple(written)


def test_escapes_that_are_no_utf8_are_replaced() -> None:
    assert pairs("a=%ff&b=%C3%A9+%2B&c&=&=x") == (("a", "\ufffd"), ("b", "é +"), ("c", ""), ("", ""), ("", "x"))
