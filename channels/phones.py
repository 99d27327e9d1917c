"""Phone numbers: E.164 or nothing."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from channels.contact import Address, AddressKind

LONGEST = 40
"""Characters that a phone number is looked for in."""

SHORT_CODE = 6
"""Digits of the longest short code; national numbers that short can't be told from one."""

_REGION = re.compile(r"[A-Z]{2}")


@lru_cache(maxsize=512)  # our own numbers stand in every call and text; each takes a kilobyte
def phone(text: str, region: str | None = None) -> Address | None:
    """The number in E.164; None where `text` is no possible number.

    region: ISO 3166 country of a number that is written without one; ignored where it is no such code.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    international = text.startswith("+")
    if not international and sum(map(str.isdigit, text)) <= SHORT_CODE:
        return None
    region = (region or "").strip().upper()
    try:
        number = phonenumbers.parse(text, region if _REGION.fullmatch(region) else None)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Address(kind=AddressKind.PHONE, value=value)
