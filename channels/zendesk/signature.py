"""Zendesk's signature (Zendesk, "Verifying webhook authenticity"): HMAC-SHA256 of the timestamp and the body, base64.

An older page has body before timestamp; that order is forged. A webhook's tries follow each other within minutes, so
a request may be a quarter of an hour old. A repeated one has the same event's id, and is the same contact.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import timedelta

from channels.contract import Request, Secrets, Verified
from channels.errors import Forged
from channels.times import iso8601, within

SECRETS = "ZENDESK_SIGNING_SECRETS"
SIGNATURE = "X-Zendesk-Webhook-Signature"
TIMESTAMP = "X-Zendesk-Webhook-Signature-Timestamp"

OLDEST = timedelta(minutes=15)
AHEAD = timedelta(minutes=5)


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Forged unless one of `secrets` signed the request, a quarter of an hour ago at most."""
    given, timestamp = request.header(SIGNATURE), request.header(TIMESTAMP)
    if not given or not timestamp:
        raise Forged(f"{SIGNATURE} or {TIMESTAMP} is missing")
    candidate = given.strip().encode("utf-8", "replace")
    expected = [signature(timestamp, request.body, secret).encode() for secret in secrets.values]
    if not sum(hmac.compare_digest(one, candidate) for one in expected):
        raise Forged(f"{SIGNATURE} doesn't match")
    if not within(iso8601(timestamp), request.received_at, before=OLDEST, after=AHEAD):
        raise Forged(f"{TIMESTAMP} is no time, or too far from ours")
    return Verified()


def sign(request: Request, secret: str) -> Request:
    """`request` signed now."""
    timestamp = request.received_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return request.having((TIMESTAMP, timestamp), (SIGNATURE, signature(timestamp, request.body, secret)))


def signature(timestamp: str, body: bytes, secret: str) -> str:
    """The signature that Zendesk would send."""
    signed = timestamp.encode("utf-8", "replace") + body
    return b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()
