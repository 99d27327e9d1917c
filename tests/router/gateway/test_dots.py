from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.dots import Dots

PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"words"]), max_size=12).map(b"".join)


def sent(mail: bytes) -> bytes:
    """As a client sends it: dots at the beginning of lines doubled, the end added."""
    return (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def read(wire: bytes, cuts: list[int]) -> tuple[bytes, bytes]:
    """The mail and what came after it, of a wire that arrives in pieces."""
    dots, told = Dots(), b""
    for cut in [*cuts, len(wire)]:
        piece, wire = wire[:cut], wire[cut:]
        told += dots.feed(piece)
        if dots.ended:
            return told, dots.rest + wire
    raise AssertionError("no end")


@given(PIECES, st.sampled_from([b"", b"QUIT\r\n", b".\r\n"]), st.lists(st.integers(1, 6), max_size=30))
def test_a_mail_is_what_was_sent_however_it_arrives_and_what_comes_after_it_is_left(
    mail: bytes, after: bytes, cuts: list[int]
) -> None:
    mail = mail and mail + b"\r\n"
    assert read(sent(mail) + after, cuts) == (mail, after)


@pytest.mark.parametrize("smuggled", [b"a\n.\n", b"a\n.\r\n", b"a\r\n.\n", b"a\r.\r\n", b"a\r\n.\rb\r\n"])
def test_nothing_but_a_dot_between_two_line_ends_ends_a_mail(smuggled: bytes) -> None:
    dots = Dots()
    dots.feed(smuggled + b"MAIL FROM:<someone@example.com>\r\n")
    assert not dots.ended
