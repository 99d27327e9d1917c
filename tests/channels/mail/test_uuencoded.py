from __future__ import annotations

from binascii import b2a_uu

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.uuencoded import taken_out


def encoded(content: bytes, name: str = "a.bin") -> str:
    lines = [b2a_uu(content[at : at + 45]).decode() for at in range(0, len(content), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


@given(st.binary(min_size=1, max_size=300), st.text(st.sampled_from("ab \n"), max_size=20))
def test_a_file_comes_out_as_it_went_in_and_the_words_around_it_stay(content: bytes, words: str) -> None:
    text, files = taken_out(f"before {words}\n{encoded(content)}after {words}")
    assert files == [("a.bin", content)]
    assert text == f"before {words}\nafter {words}"


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 the walk\nhe bit me\nend",
        "begin 644 x\n",
        "begin with this\nend",
        "begin 644 x\n#0V%T\n",
        "end\n",
        "",
    ],
)
def test_what_is_no_file_stays(text: str) -> None:
    assert taken_out(text) == (text, [])


def test_each_of_several_is_found() -> None:
    _, files = taken_out(encoded(b"one", "1") + "words\n" + encoded(b"two", "2"))
    assert files == [("1", b"one"), ("2", b"two")]


@pytest.mark.parametrize("line", ["begin 644 x", "#0V%T", "begin 644 x\n#0V%T", "M" + "x" * 60])
def test_a_hostile_text_costs_little(line: str) -> None:
    taken_out("\n".join(["begin 644 x", *[line] * 100_000]))


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    taken_out("begin 644 x\n" + text)
