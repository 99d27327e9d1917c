"""Ids: deterministic, so that a redelivery, a replay or a rerun gives the same one.

    contact   c_ + base32(SHA-256("contact", provider, provider's id)), 26 characters (130 bits)
    address   a_ + base32(HMAC-SHA-256(ROUTER_ID_KEY, "address", kind, value))
    person    p_ + the address key's characters; a call without an address: of its contact id
    incident  i_<pool>_ + the opening contact's characters

The parts are joined by NUL bytes. Address keys and person ids carry no personal data: nobody without the key
can tell whose they are, and they stand in Kafka keys and logs.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode

from channels.contact import Address

LENGTH = 26
BYTES = 20
"""Of a digest: whole groups of base32, and no fewer characters than are taken."""


def _text(digest: bytes) -> str:
    return b32encode(digest[:BYTES]).decode("ascii").lower()[:LENGTH]


def _joined(*parts: str) -> bytes:
    return b"\0".join(part.encode() for part in parts)


def contact_id(provider: str, provider_id: str) -> str:
    return "c_" + _text(hashlib.sha256(_joined("contact", provider, provider_id)).digest())


def address_key(key: bytes, address: Address) -> str:
    digest = hmac.digest(key, _joined("address", address.kind.value, address.value), "sha256")
    return "a_" + _text(digest)


def known_person_id(key: bytes, reference: str) -> str:
    """Id of a person whom somebody else's records know under `reference` (a CRM's id)."""
    return "p_" + _text(hmac.digest(key, _joined("person", reference), "sha256"))


def person_id(address_key: str | None, contact_id: str) -> str:
    """The person behind an address; who withholds theirs is one person a contact."""
    return "p_" + (address_key or contact_id)[2:]


def incident_id(pool: str, contact_id: str) -> str:
    return f"i_{pool}_{contact_id[2:]}"


def pool_of(incident_id: str) -> str | None:
    """The pool in an incident's id, None where it is no incident's id."""
    parts = incident_id.split("_")
    return parts[1] if len(parts) == 3 and parts[0] == "i" and parts[1] and parts[2] else None


def command_id(token: str, path: str, idempotency_key: str) -> str:
    """The same token, path and Idempotency-Key make the same command."""
    return "m_" + _text(hashlib.sha256(_joined("command", token, path, idempotency_key)).digest())
