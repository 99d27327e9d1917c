"""The parts of a MIME message: its readable text, and its attachments. Reads any message, however broken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.errors import MessageError
from typing import Any

from channels.contact import Attachment
from channels.mail import html
from channels.mail.charsets import decoded
from channels.mail.headers import Mime, value
from channels.names import safe_media_type, safe_name
from channels.texts import cleaned, line

DEEPEST = 30
"""Levels of nesting that are read; parts below are left in the raw mail."""

MOST_ATTACHMENTS = 100

LONGEST_TEXT = 2_000_000
"""Bytes of all parts' text that are read; text is capped far below."""

BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the standard library raises on broken parts."""

EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
}

_CONTENT_ID = re.compile(r"[^\s<>]{1,250}")


@dataclass
class Reading:
    """What was found so far; one is filled in a walk over a message's parts."""

    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Mime] = field(default_factory=list)
    left_out: bool = False
    to_read: int = LONGEST_TEXT


@dataclass(frozen=True)
class Text:
    """The text of a part. plain: it came as text/plain."""

    words: str = ""
    plain: bool = True

    @property
    def blank(self) -> bool:
        return not self.words.strip()


def text_of(message: Mime, reading: Reading, depth: int = 0) -> Text:
    """The words of a message; fills `reading` with what isn't read as text."""
    if depth > DEEPEST:
        reading.left_out = True
        return Text()
    media_type = _media_type(message)
    children = _children(message)
    if media_type == "message/rfc822" and children:
        reading.enclosed += children[:1]
        _attach(message, media_type, reading)
        return Text()
    if children and media_type.startswith("multipart/"):
        texts = [text_of(child, reading, depth + 1) for child in children]
        return _chosen(texts) if media_type == "multipart/alternative" else _joined(texts)
    words = media_type in ("text/plain", "text/html") and not (depth and _is_file(message))
    if words or media_type.startswith("multipart/"):  # a multipart without parts: its boundary never came
        text = _decoded(message, reading)
        return Text(html.to_text(text), plain=False) if media_type == "text/html" else Text(text)
    _attach(message, media_type, reading)
    return Text()


def _chosen(texts: list[Text]) -> Text:
    """Of alternatives the plain one, or else the last and richest; never a blank one."""
    said = [text for text in texts if not text.blank]
    return next((text for text in said if text.plain), said[-1] if said else Text())


def _joined(texts: list[Text]) -> Text:
    said = [text for text in texts if not text.blank]
    return Text("\n\n".join(text.words.strip("\n") for text in said), all(text.plain for text in said))


def _media_type(message: Mime) -> str:
    try:
        return safe_media_type(message.get_content_type())
    except Exception:  # the library's header reading raises nearly anything
        return "text/plain"


def _children(message: Mime) -> list[Mime]:
    payload: Any = message.get_payload() if message.is_multipart() else None
    return [child for child in payload if hasattr(child, "get_payload")] if isinstance(payload, list) else []


def _disposition(message: Mime) -> str:
    try:
        return message.get_content_disposition() or ""
    except Exception:  # as above
        return "attachment"


def _filename(message: Mime) -> str | None:
    try:
        return message.get_filename()
    except Exception:  # as above
        return None


def _is_file(message: Mime) -> bool:
    return _disposition(message) == "attachment" or bool(_filename(message))


def _content(message: Mime) -> bytes:
    try:
        payload: Any = message.get_payload(decode=True)
    except BROKEN:
        payload = None
    if isinstance(payload, bytes):
        return payload
    try:
        children = _children(message)
        if children:
            return b"\n".join(child.as_bytes() for child in children)
        return str(message.get_payload()).encode("utf-8", "surrogateescape")
    except BROKEN:
        return b""


def _decoded(message: Mime, reading: Reading) -> str:
    try:
        charset = message.get_content_charset()
    except Exception:  # as above
        charset = None
    content = _content(message)
    reading.left_out |= len(content) > reading.to_read
    content = content[: reading.to_read]
    reading.to_read -= len(content)
    return cleaned(decoded(content, charset))


def _attach(message: Mime, media_type: str, reading: Reading) -> None:
    if len(reading.attachments) >= MOST_ATTACHMENTS:
        reading.left_out = True
        return
    otherwise = f"attachment-{len(reading.attachments) + 1}{EXTENSIONS.get(media_type, '')}"
    found = _CONTENT_ID.search(value(message, "content-id"))
    reading.attachments.append(
        Attachment.of(
            safe_name(line(_filename(message)), otherwise),
            media_type,
            _content(message),
            content_id=line(found[0], 250) if found else None,
            inline=_disposition(message) == "inline" or (found is not None and _disposition(message) == ""),
        )
    )
