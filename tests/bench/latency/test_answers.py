from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.latency.answers import Answers


def answer(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d Some Words\r\nContent-Length: %d\r\nX-Other: 1\r\n\r\n%s" % (status, len(body), body)


@given(
    st.lists(st.tuples(st.integers(100, 599), st.binary(max_size=40)), max_size=5),
    st.lists(st.integers(0, 9), max_size=9),
)
def test_answers_are_read_however_they_are_cut(given_: list[tuple[int, bytes]], cuts: list[int]) -> None:
    wire = b"".join(answer(status, body) for status, body in given_)
    answers, found, at = Answers(), [], 0
    for cut in cuts:
        found += answers.feed(wire[at : at + cut])
        at += cut
    found += answers.feed(wire[at:])
    assert found == [status for status, _ in given_]


def test_what_is_no_answer_of_ours_is_told() -> None:
    with pytest.raises(ValueError, match="Content-Length"):
        Answers().feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
