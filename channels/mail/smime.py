"""The signed content within an S/MIME part (RFC 8551, RFC 5652), read and not verified.

Only its place is found: SEQUENCE { signedData, [0] SEQUENCE { version, digests, SEQUENCE { data, [0] content }}}.
"""

from __future__ import annotations

from collections.abc import Iterator

MEDIA_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")

DEEPEST = 8
MOST_CHUNKS = 100_000
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")

OID, OCTETS, SEQUENCE, EXPLICIT, CONSTRUCTED = 0x06, 0x04, 0x30, 0xA0, 0x20


class _Broken(ValueError):
    """No BER."""


def content(part: bytes) -> bytes | None:
    """The MIME entity that was signed; None where the part is encrypted, holds none, or can't be read."""
    try:
        return _content(part)
    except (ValueError, IndexError):
        return None


def _content(part: bytes) -> bytes | None:
    (outer,) = list(_elements(part, 0, len(part), most=1))
    named, wrapped = _first(part, outer, 2)
    if part[named[1] : named[2]] != SIGNED_DATA:
        return None
    (signed,) = _first(part, wrapped, 1)
    *_, encapsulated = _first(part, signed, 3)
    kind, *inner = _first(part, encapsulated, 2)
    if part[kind[1] : kind[2]] != DATA or not inner:
        return None
    (octets,) = _first(part, inner[0], 1)
    return b"".join(_octets(part, octets, 0))


_Element = tuple[int, int, int]
"""Tag, and where the content begins and ends."""


def _first(part: bytes, element: _Element, most: int) -> list[_Element]:
    found = list(_elements(part, element[1], element[2], most))
    if not found:
        raise _Broken
    return found


def _octets(part: bytes, element: _Element, depth: int) -> Iterator[bytes]:
    tag, start, end = element
    if tag == OCTETS:
        yield part[start:end]
    elif tag == OCTETS | CONSTRUCTED and depth < DEEPEST:
        for chunk in _elements(part, start, end, MOST_CHUNKS):
            yield from _octets(part, chunk, depth + 1)
    else:
        raise _Broken


def _elements(part: bytes, at: int, end: int, most: int) -> Iterator[_Element]:
    for _ in range(most):
        if at >= end:
            return
        element, at = _element(part, at, end, 0)
        if element[0] == 0:  # the end of a content of unknown length
            return
        yield element


def _element(part: bytes, at: int, end: int, depth: int) -> tuple[_Element, int]:
    tag, length = part[at], part[at + 1]
    start = at + 2
    if tag & 0x1F == 0x1F or depth > 2 * DEEPEST:
        raise _Broken
    if length == 0x80:
        return _unknown_length(part, tag, start, end, depth)
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise _Broken
        length = int.from_bytes(part[start : start + size], "big")
        start += size
    # A file that was cut off is read as far as it goes.
    return (tag, start, min(start + length, end)), start + length


def _unknown_length(part: bytes, tag: int, start: int, end: int, depth: int) -> tuple[_Element, int]:
    at = start
    for _ in range(MOST_CHUNKS):
        if at + 1 >= end:
            return (tag, start, end), end
        inner, after = _element(part, at, end, depth + 1)
        if inner[0] == 0:
            return (tag, start, at), after
        at = after
    raise _Broken
