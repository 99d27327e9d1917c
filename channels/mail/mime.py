"""What a MIME part says of itself, asked so that no broken header can raise."""

from __future__ import annotations

import re
from typing import Any

from channels.mail.headers import Mime, value
from channels.mail.parsing import BROKEN
from channels.names import safe_media_type

_NAMED = re.compile(r"[!#$&-.0-9A-Z^_a-z{|}~]{1,60}/[!#$&-.0-9A-Z^_a-z{|}~]{1,100}")


def media_type(message: Mime) -> str:
    """Its type as it is named; what is no type is text/plain (RFC 2045, 5.2)."""
    named = value(message, "content-type")
    found = _NAMED.match(named)
    return safe_media_type(found[0]) if found else "text/plain" if named else message.get_default_type()


def children(message: Mime) -> list[Mime]:
    payload: Any = message.get_payload() if message.is_multipart() else None
    return [child for child in payload if hasattr(child, "get_payload")] if isinstance(payload, list) else []


def parameter(message: Mime, name: str) -> str:
    """A parameter of its type in lower case, empty where it has none."""
    try:
        return str(message.get_param(name, "")).lower()
    except Exception:  # the library's header reading raises nearly anything
        return ""


def disposition(message: Mime) -> str:
    """ "inline", "attachment" or empty; one that can't be read is an attachment's."""
    try:
        return message.get_content_disposition() or ""
    except Exception:  # as above
        return "attachment"


def filename(message: Mime) -> str | None:
    try:
        return message.get_filename()
    except Exception:  # as above
        return None


def is_file(message: Mime) -> bool:
    """True for what is named, or said to be attached."""
    return disposition(message) == "attachment" or bool(filename(message))


def charset(message: Mime) -> str | None:
    try:
        return message.get_content_charset()
    except Exception:  # as above
        return None


def content(message: Mime) -> bytes:
    """Its bytes, decoded as far as they can be; those of its parts where it has some."""
    try:
        payload: Any = message.get_payload(decode=True)
    except BROKEN:
        payload = None
    if isinstance(payload, bytes):
        return payload
    try:
        several = children(message)
        if several:
            return b"\n".join(child.as_bytes() for child in several)
        return str(message.get_payload()).encode("utf-8", "surrogateescape")
    except BROKEN:
        return b""
