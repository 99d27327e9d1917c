"""Who is at the other end, in Twilio's words: From, To, ForwardedFrom.

Withheld callers come as a word or as the word's digits on a telephone keypad (Twilio, "Anonymous callers").
"""

from __future__ import annotations

import re

from channels.contact import Address
from channels.handles import handle
from channels.phones import phone

WITHHELD = frozenset(
    {
        "anonymous",
        "restricted",
        "unavailable",
        "unknown",
        "blocked",
        "266696687",  # anonymous
        "7378742833",  # restricted
        "86282452253",  # unavailable
        "8656696",  # unknown
        "2562533",  # blocked
    }
)

PHONE_SCHEMES = frozenset({"tel", "sms", "whatsapp", "rcs"})
"""Schemes whose name is a phone number: the same person as on the phone."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}):(.+)", re.DOTALL)


def address(value: str | None, country: str | None = None) -> Address | None:
    """The address in its final form; None where it is missing or withheld.

    country: FromCountry or ToCountry, for a number that is written without one. What is no phone number
    (short codes, names as senders) is a handle `sms:…`; other schemes keep theirs (`client:`, `sip:`).
    """
    value = (value or "").strip()
    if not value or withheld(value):
        return None
    found = _SCHEME.fullmatch(value)
    if found is None:
        return phone(value, country) or handle("sms", value)
    scheme, name = found[1].lower(), found[2].strip()
    if not name or withheld(name):
        return None
    if scheme in PHONE_SCHEMES:
        return phone(name, country) or handle("sms", name)
    if scheme in ("sip", "sips"):
        return _sip(name)
    return handle(scheme, name)


def withheld(value: str) -> bool:
    return value.strip().removeprefix("+").lower() in WITHHELD


def _sip(name: str) -> Address | None:
    """`user@host` without parameters; None for the anonymous user (RFC 3323, 4.1.1.3)."""
    bare = re.split(r"[;?]", name, maxsplit=1)[0].strip()
    user, _, host = bare.rpartition("@")
    if not bare or withheld(user) or host.lower() == "anonymous.invalid":
        return None
    return handle("sip", bare)
