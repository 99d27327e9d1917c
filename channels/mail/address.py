"""E-mail addresses in their final form, so that one mailbox is one address however it is written.

The domain is lower-case ASCII (IDNA); the local part is lower-case and NFC, with its plus tag, since only the
mailbox's own host knows what a tag means. Nothing is asked of DNS. Addresses that break the rules but are in use
(two dots in a row, a name ending in .local) pass.
"""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from channels.contact import Address, AddressKind
from channels.handles import handle
from channels.texts import cleaned

LONGEST = 320
"""RFC 3696 erratum and RFC 5321 4.5.3.1 allow 254 characters; what is longer is no address."""

UNREADABLE = "email-raw"
"""Scheme of a handle for a sender who is told in words that are no address."""


def address(text: str | None) -> Address | None:
    """One bare address (`local@domain`). None only where there is nothing at all.

    What is no address becomes a handle `email-raw:…`, so that its sender still is somebody.
    """
    text = " ".join(cleaned(text or "").split()).strip("<>,; ")
    if not text:
        return None
    value = _normalised(text)
    return Address(kind=AddressKind.EMAIL, value=value) if value else handle(UNREADABLE, text.strip('"') or text)


_PLAIN = re.compile(r"(?=.{3,64}\Z)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
"""Addresses without anything that the library would change, but for the case; as most are."""

_SIMPLE = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9_](?:[a-z0-9_-]{0,62}\.)*[a-z0-9_-]{1,63}")


def _normalised(text: str) -> str | None:
    if "@" not in text or len(text) > LONGEST:
        return None
    if _PLAIN.fullmatch(text):
        return text.lower()
    try:
        valid = validate_email(
            text.rstrip("."),
            check_deliverability=False,
            allow_quoted_local=True,
            allow_domain_literal=True,
            test_environment=True,
            globally_deliverable=False,
        )
    except (EmailNotValidError, UnicodeError, ValueError):
        lower = text.rstrip(".").lower()
        return lower if _SIMPLE.fullmatch(lower) else None
    local = unicodedata.normalize("NFC", valid.local_part.lower())
    domain = (valid.ascii_domain or valid.domain).lower()
    return f"{local}@{domain}"
