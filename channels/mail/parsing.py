"""Bytes to a MIME message, however broken, in time that grows with their number."""

from __future__ import annotations

from email.errors import MessageError
from email.parser import BytesFeedParser, BytesParser
from email.policy import default

from channels.mail.headers import Mime

MOST_LINES = 700_000
MOST_PARTS = 5_000
COSTLIEST = 10_000_000
"""What the parser takes a second or two for: lines, lines that may begin a part, and boundaries times lines (it
compares each line with every open boundary)."""

LONGEST_HEAD = 256_000
"""Bytes of headers that are read of a mail past any of these."""

PIECE = 64 * 1024

BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the standard library raises on broken parts."""


def parsed(content: bytes) -> tuple[Mime, bool]:
    """The message, and whether it is whole: of one that costs too much, or can't be parsed, there are headers only."""
    parser = BytesParser(policy=default)
    if not _costly(content):
        try:
            return _fed(content), True
        except BROKEN:
            pass
    return parser.parsebytes(head(content)[:LONGEST_HEAD] + b"\n\n", headersonly=True), False


def _fed(content: bytes) -> Mime:
    """In pieces: given whole, the parser first makes text of it that takes four times its size."""
    parser = BytesFeedParser(policy=default)
    for start in range(0, len(content), PIECE):
        parser.feed(content[start : start + PIECE])
    return parser.close()


def head(content: bytes) -> bytes:
    """The bytes above the first blank line."""
    ends = [at for at in map(content.find, (b"\n\n", b"\r\n\r\n", b"\r\r")) if at >= 0]
    return content[: min(ends, default=len(content))]


def _costly(content: bytes) -> bool:
    lines = max(content.count(b"\n"), content.count(b"\r"))
    parts = content.count(b"\n--") + content.count(b"\r--")
    lower = content.lower()
    boundaries = sum(map(lower.count, (b"boundary=", b"boundary*", b"boundary ", b"boundary\t")))
    return lines > MOST_LINES or parts > MOST_PARTS or boundaries * lines > COSTLIEST
