"""Who sends and who gets a text message, where a provider writes numbers with or without their plus."""

from __future__ import annotations

import re

from channels.contact import Address
from channels.handles import handle
from channels.phones import phone

_BARE = re.compile(r"[1-9][0-9]{6,14}")
"""A number in E.164 without its plus; anything shorter is a short code."""


def party(value: str | None) -> Address | None:
    """E.164; what is no phone number (a short code, a name as sender) is a handle `sms:…`. None where it is missing."""
    value = (value or "").strip()
    if not value:
        return None
    return phone(f"+{value}" if _BARE.fullmatch(value) else value) or handle("sms", value)


def parties(*values: str | None) -> tuple[Address, ...]:
    """Each of them once, in order, without those that are missing."""
    return tuple(dict.fromkeys(found for found in map(party, values) if found is not None))
