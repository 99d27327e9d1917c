"""Headers of a mail, read so that none can break the rest.

The standard library's own reading (email.policy.default) is right for nearly all; it raises on some hostile
ones, and its time grows faster than a header's length. So a header is cut before it is read, 8-bit bytes are
decoded first, and where the library gives up the raw text is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.policy import default
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from channels.mail.charsets import decoded
from channels.texts import line

LONGEST = 4_000
"""Characters of one header's value that are read."""

MOST_ADDRESSES = 100

_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"\\]{1,128}@[^\s<>()\[\]:;,\"\\]{1,255}")
_BARE = r"([A-Za-z0-9+_-]+(?:\.[A-Za-z0-9+_-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)"
_PLAIN = re.compile(rf'{_BARE}|(?:("?)(\w+(?: \w+)*)\2 )?<{_BARE}>')
"""One mailbox as most mails name it: words, maybe in quotes, and an address without anything unusual."""

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,996}>")

Mime: TypeAlias = "Message[Any, Any]"
Found = TypeVar("Found")


def values(message: Mime, name: str) -> Iterator[str]:
    """The raw values of a header, unfolded."""
    for key, value in message.raw_items():
        if key.lower() == name:
            yield unfolded(str(value))


def value(message: Mime, name: str) -> str:
    """The first that isn't blank."""
    return next((found for found in values(message, name) if found), "")


def text(message: Mime, name: str) -> str | None:
    """A header in words, encoded words decoded."""
    raw = value(message, name)
    return line(_read(name, raw, str) or raw) if raw else None


def mailboxes(message: Mime, name: str) -> list[tuple[str | None, str]]:
    """(display name, address) of an address header; an address may be any text where the header has none."""
    return read_mailboxes(", ".join(value for value in values(message, name) if value))


def read_mailboxes(raw: str) -> list[tuple[str | None, str]]:
    """(display name, address) pairs of a header's text. Empty where it names nobody (an empty group)."""
    raw = unfolded(raw)
    if not raw:
        return []
    plain = _PLAIN.fullmatch(raw)
    if plain is not None:  # the library's answer, for a hundredth of its time
        return [(line(plain[3], 200), plain[1] or plain[4])]
    parsed = (_read("to", raw, _pairs) or []) if raw.count('"') <= 4 * MOST_ADDRESSES else []
    found = [pair for pair in parsed if "@" in pair[1] and (" " not in pair[1] or '"' in raw)]
    if not found:
        found = [(None, str(one)) for one in _ADDRESS.findall(raw)]
    if not found and raw.strip('"<>,:; ') and not raw.rstrip(" ;").endswith(":"):
        found = [(name, bare.strip('"')) for name, bare in parsed if bare.strip('"<>,:; ')] or [(None, raw)]
    return found[:MOST_ADDRESSES]


def message_id(raw: str | None) -> str | None:
    """The first `<id>` of a header's text; the text itself where it has none in brackets."""
    if not raw:
        return None
    found = _MESSAGE_ID.search(raw[:LONGEST])
    return line(found[0] if found else raw)


def decoded_words(raw: str) -> str:
    """A header's text with its encoded words decoded; as it is where the library gives up."""
    raw = unfolded(raw)
    return (_read("subject", raw, str) or raw) if "=?" in raw else raw


def unfolded(raw: str) -> str:
    """On one line, at most `LONGEST` characters of it, 8-bit bytes decoded."""
    raw = raw[:LONGEST]
    if not raw.isascii():
        raw = decoded(raw.encode("ascii", "surrogateescape")) if _escaped(raw) else raw
    return " ".join(raw.split())


def _escaped(raw: str) -> bool:
    """True for a header whose 8-bit bytes the parser kept as surrogates."""
    try:
        raw.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _pairs(parsed: Any) -> list[tuple[str | None, str]]:
    return [(line(one.display_name, 200), one.addr_spec) for one in parsed.addresses]


@lru_cache(maxsize=32)  # the library makes a class anew for each header that it reads
def _reader(name: str) -> Any:
    registry: Any = default.header_factory
    return registry[name]


def _read(name: str, raw: str, take: Callable[[Any], Found]) -> Found | None:
    """What `take` makes of the library's reading; None where the library gives up."""
    try:
        return take(_reader(name)(name, raw))
    except Exception:  # the library raises nearly anything on hostile headers: IndexError, AttributeError, …
        return None
