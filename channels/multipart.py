"""A form as a provider posts it: multipart/form-data (RFC 7578) or urlencoded, read into parts that are bytes.

The parts of a multipart form are views of its body: nothing is copied, so 40 MB of it cost no more memory than the
body; who keeps a part takes its bytes. A form that ends before its closing boundary is none: half a mail is never
taken for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import MultipartParser, parse_options_header

from channels.errors import Malformed, NotTheirs
from channels.mail import fingerprint
from channels.mail.charsets import decoded

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"

MOST_PARTS = 5_000
MOST_HEADERS = 30
LONGEST_HEADER = 16_000
"""Parts of a form, headers of a part, bytes of a header; a form past any of them is malformed."""

PIECE = 16_384
"""Bytes of a field that are unescaped at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form. filename: None for what is no file. media_type: with its parameters, empty where none."""

    name: str
    content: memoryview
    filename: str | None = None
    media_type: str = ""

    def text(self, charset: str | None = None, most: int = -1) -> str:
        """The content, or its first `most` bytes, by `charset`; what can't be decoded is replaced."""
        return decoded(bytes(self.content if most < 0 else self.content[:most]), charset)


def parts(body: bytes, content_type: str) -> tuple[Part, ...]:
    """In their order. Raises NotTheirs where the content type is no form's, Malformed where the body is no form."""
    kind, options = _options(content_type)
    if kind == URLENCODED:
        return tuple(_urlencoded(body))
    boundary = options.get(b"boundary", b"")
    if kind != MULTIPART or not boundary:
        raise NotTheirs(f"expected a body of type {MULTIPART} with a boundary, or {URLENCODED}")
    return _Reading(body).parts(boundary)


def by_name(found: Iterable[Part]) -> dict[str, Part]:
    """Of parts with one name the first counts."""
    named: dict[str, Part] = {}
    for part in found:
        named.setdefault(part.name, part)
    return named


def digest(found: Iterable[Part]) -> str:
    """SHA-256 in hex of what a form says, whatever its boundary and the headers of its parts."""
    return fingerprint.digest(
        value for part in found for value in (part.name.encode("utf-8", "surrogatepass"), part.content)
    )


class _Reading:
    """One pass of the library's parser over a whole body, of which it tells each part's place."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._view = memoryview(body)
        self._found: list[Part] = []
        self._complete = False
        self._begin()

    def parts(self, boundary: bytes) -> tuple[Part, ...]:
        # The library takes microseconds for each, also where no part begins; of 40 MB that would be minutes.
        if self._body.count(b"\r\n--" + boundary) > MOST_PARTS:
            raise Malformed("body", f"at most {MOST_PARTS} parts", "more")
        try:
            parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._field,
                    "on_header_value": self._value,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._whole,
                },
                max_header_count=MOST_HEADERS,
                max_header_size=LONGEST_HEADER,
            )
            parser.write(self._body)
        except ValueError:  # base of all that the library raises
            raise Malformed("body", "a multipart form", "one that can't be read") from None
        if not self._complete:
            raise Malformed("body", "a multipart form", "one without its closing boundary")
        return tuple(self._found)

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._header = b""
        self._content = self._view[:0]

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header = data[start:end].lower()

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._headers.setdefault(self._header, data[start:end])

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content = self._view[start:end]  # the whole body is written at once: one place a part

    def _end(self) -> None:
        _, options = _options(self._headers.get(b"content-disposition", b"").decode("latin-1"))
        filename = options.get(b"filename")
        self._found.append(
            Part(
                decoded(options.get(b"name", b"")),
                self._content,
                None if filename is None else decoded(filename),
                decoded(self._headers.get(b"content-type", b"")),
            )
        )

    def _whole(self) -> None:
        self._complete = True


def _options(header: str) -> tuple[str, dict[bytes, bytes]]:
    try:
        kind, options = parse_options_header(header)
    except ValueError:  # characters that no header has
        return "", {}
    return kind.decode("latin-1").strip(), options


def _urlencoded(body: bytes) -> Iterator[Part]:
    if body.count(b"&") >= MOST_PARTS:
        raise Malformed("body", f"at most {MOST_PARTS} fields", "more")
    view, at = memoryview(body), 0
    while at < len(body):
        found = body.find(b"&", at)
        end = len(body) if found < 0 else found
        equals = body.find(b"=", at, end)
        named = end if equals < 0 else equals
        if at < end:
            yield Part(decoded(bytes(_unquoted(view[at:named]))), _unquoted(view[named + 1 : end]))
        at = end + 1


def _unquoted(value: memoryview) -> memoryview:
    """Piece by piece, since the library takes many times the memory of what is all escapes."""
    found, at = bytearray(), 0
    while at < len(value):
        piece = bytes(value[at : at + PIECE])
        begun = piece.find(b"%", PIECE - 2)  # an escape that this piece may not have all of
        piece = piece if begun < 0 else piece[:begun]
        found += unquote_to_bytes(piece.replace(b"+", b" "))
        at += len(piece)
    return memoryview(found).toreadonly()
