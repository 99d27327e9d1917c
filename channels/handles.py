"""Addresses that are neither a phone number nor an e-mail address: `scheme:name`."""

from __future__ import annotations

import hashlib
import unicodedata

from channels.contact import Address, AddressKind
from channels.texts import cleaned

LIMIT = 320


def handle(scheme: str, name: str) -> Address:
    """`name` must hold something. Spelling in another case or normal form is the same handle."""
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", cleaned(name)).lower())
    value = f"{scheme}:{' '.join(name.split())}"
    if len(value) > LIMIT:
        digest = hashlib.sha256(value.encode()).hexdigest()
        value = f"{value[: LIMIT - len(digest) - 1]}#{digest}"
    return Address(kind=AddressKind.HANDLE, value=value)
