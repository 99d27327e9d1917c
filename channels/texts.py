"""Text as a contact holds it: well-formed Unicode, plain newlines, no control characters, bounded."""

from __future__ import annotations

import re

LIMIT = 200_000
"""UTF-8 bytes of `Contact.text`, and of `Contact.full_text`."""

LINE_LIMIT = 1_000
"""Characters of a subject, a name or any other single line."""

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def cleaned(text: str) -> str:
    """The same text with LF newlines, without control characters and lone surrogates."""
    text = _CONTROLS.sub("", _NEWLINES.sub("\n", text))
    return _SURROGATES.sub("\ufffd", text)


def line(text: str | None, limit: int = LINE_LIMIT) -> str | None:
    """One line of at most `limit` characters, runs of whitespace made one space; None if nothing is left."""
    if text is None:
        return None
    return " ".join(cleaned(text[: 4 * limit]).split())[:limit].rstrip() or None


def capped(text: str, limit: int = LIMIT) -> tuple[str, bool]:
    """The text cut to `limit` UTF-8 bytes at a character's end, and whether anything was cut."""
    if 4 * len(text) <= limit:
        return text, False
    encoded = text[: limit + 1].encode()
    if len(encoded) <= limit:
        return text, False
    return encoded[:limit].decode(errors="ignore"), True


def bounded(text: str, full: str | None = None) -> tuple[str, str | None, bool]:
    """`text` and `full_text` of a contact, each capped, and whether either was cut.

    full_text is None where it says no more than the text.
    """
    text, cut = capped(text)
    if full is None or full.strip() == text.strip():
        return text, None, cut
    full, full_cut = capped(full)
    return text, full, cut or full_cut
