"""Standard Webhooks signatures (github.com/standard-webhooks/standard-webhooks, "Signature scheme").

`webhook-signature` lists signatures of `id.timestamp.body`, blanks between them: `v1,` HMAC-SHA256 by a `whsec_` key,
`v1a,` Ed25519 by a `whsk_` key, held by its `whpk_` one; other versions are passed over. A timestamp holds for five
minutes; a sender signs each try anew.

The library `standardwebhooks` isn't used: it reads the clock itself, takes one secret and text, and knows no `v1a`.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import timedelta

from channels import ed25519
from channels.contract import Request, Secrets
from channels.errors import Forged, Misconfigured, Unauthenticated
from channels.times import unix, within

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"
WINDOW = timedelta(minutes=5)
MOST_SIGNATURES = 20

SYMMETRIC = "whsec_"
PRIVATE = "whsk_"
PUBLIC = "whpk_"


def check(request: Request, secrets: Secrets, setting: str) -> None:
    """Raises Unauthenticated without the three headers, Forged unless one of `secrets` signed; Misconfigured."""
    told = [(request.header(name) or "").strip() for name in (ID, TIMESTAMP, SIGNATURE)]
    if not all(told):
        raise Unauthenticated(f"{ID}, {TIMESTAMP} or {SIGNATURE} is missing")
    message_id, timestamp, listed = told
    signed = content(message_id, timestamp, request.body)
    given = _given(listed)
    if not sum([_holds(secret, given, signed, setting) for secret in secrets.values]):
        raise Forged(f"{SIGNATURE} doesn't match")
    if not within(unix(timestamp), request.received_at, before=WINDOW, after=WINDOW):
        raise Forged(f"{TIMESTAMP} is more than five minutes away")


def content(message_id: str, timestamp: str, body: bytes) -> bytes:
    """What is signed."""
    return f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body


def signed(request: Request, message_id: str, key: str) -> Request:
    """`request` signed now. key: `whsec_…`, or `whsk_…` with a private key of 32 bytes."""
    timestamp = str(int(request.received_at.timestamp()))
    text = content(message_id, timestamp, request.body)
    if key.startswith(PRIVATE):
        made = "v1a," + b64encode(ed25519.signature(key.removeprefix(PRIVATE), text)).decode()
    else:
        made = "v1," + b64encode(hmac.digest(_bytes(key), text, "sha256")).decode()
    return request.having((ID, message_id), (TIMESTAMP, timestamp), (SIGNATURE, made))


def _given(listed: str) -> list[tuple[str, bytes]]:
    """Version and signature of each that can be read."""
    found = []
    for each in listed.split()[:MOST_SIGNATURES]:
        version, _, encoded = each.partition(",")
        try:
            found.append((version, b64decode(encoded, validate=True)))
        except ValueError:
            continue
    return found


def _holds(secret: str, given: Iterable[tuple[str, bytes]], text: bytes, setting: str) -> bool:
    try:
        if secret.startswith(PUBLIC):
            key = secret.removeprefix(PUBLIC)
            return any(ed25519.holds(key, made, text) for version, made in given if version == "v1a")
        wanted = hmac.digest(_bytes(secret), text, "sha256")
    except ValueError:
        raise Misconfigured(f"ROUTER_{setting}: expected whsec_ or whpk_ and a key in base64") from None
    return sum([hmac.compare_digest(wanted, made) for version, made in given if version == "v1"]) > 0


def _bytes(secret: str) -> bytes:
    """The key; its prefix may be missing. Raises ValueError for what is none."""
    key = b64decode(secret.removeprefix(SYMMETRIC), validate=True)
    if not key:
        raise ValueError(secret[:0])
    return key
