"""Mailgun's signature (Mailgun, "Securing Webhooks"): hexadecimal HMAC-SHA256 of timestamp and token, in the body.

It doesn't cover what else the body says. So a token holds for one content only (another try may have another boundary),
as long as its timestamp is taken; and that is as long as Mailgun tries: 8 h ("Receiving Messages via HTTP"), besides
what a mail waits there before the first attempt. Whether each attempt is signed anew isn't documented, so a shorter
bound could lose mail.

Mailgun tries again after any answer but 200 and 406; we never give 406, so a wrong key of ours loses nothing for 8 h.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from channels.ages import longest
from channels.contract import Request, Secrets, Verified
from channels.errors import Forged, Malformed, NotTheirs
from channels.loose import OR_NONE, Loose, LooseId
from channels.multipart import MULTIPART, by_name, digest
from channels.times import unix, within

SECRETS = "MAILGUN_SIGNING_KEYS"
MAX_AGE = "MAILGUN_MAX_AGE"

OTHERWISE = timedelta(hours=10)
AHEAD = timedelta(hours=1)
"""The age allowed where the setting doesn't say, and how far the signer's clock may be ahead of ours."""

LONGEST = 200
"""Bytes of a field of the signature; tokens have 50 characters."""


class Signature(BaseModel):
    """parent: of the account that a subaccount belongs to."""

    timestamp: LooseId = None
    token: Loose = None
    signature: Loose = None
    parent: Loose = Field(None, alias="parent-signature")


class Event(BaseModel):
    """A webhook's JSON: events come so, and their signature is an object."""

    signature: Annotated[Signature | None, OR_NONE] = None


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Forged; NotTheirs or Malformed where the body can't be read so far; Misconfigured for a wrong age."""
    given = _json(request) if request.media_type == "application/json" else _form(request)
    timestamp, token = given.timestamp, given.token
    if not timestamp or not token or not given.signature:
        raise Forged("timestamp, token or signature is missing")
    claimed = [one.strip().lower() for one in (given.signature, given.parent) if one]
    computed = [_computed(key, timestamp, token) for key in secrets.values]
    matches = [hmac.compare_digest(ours.encode(), theirs.encode()) for ours in computed for theirs in claimed]
    if not any(matches):
        raise Forged("signature doesn't match")
    age = longest(secrets, MAX_AGE, OTHERWISE)
    if not within(unix(timestamp), request.received_at, before=age, after=AHEAD):
        raise Forged("timestamp is too far from now")
    content = digest(request.parts) if request.media_type == MULTIPART else None
    return Verified(nonce=token, keep=age + AHEAD, content=content)


def signed(request: Request, key: str) -> Request:
    """`request`, a form, with the fields of its signature before its own; signed when it was received."""
    timestamp = str(int(request.received_at.timestamp()))
    token = sha256(request.body).hexdigest()[:50]
    fields = {"timestamp": timestamp, "token": token, "signature": _computed(key, timestamp, token)}
    put = _multipart(request, fields) if request.media_type == MULTIPART else urlencode(fields).encode() + b"&"
    return replace(request, body=put + request.body)


def _multipart(request: Request, fields: Mapping[str, str]) -> bytes:
    _, _, boundary = (request.header("content-type") or "").partition("boundary=")
    start = f"--{boundary.partition(';')[0].strip(chr(34))}\r\nContent-Disposition: form-data; name="
    return "".join(f'{start}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()).encode()


def _computed(key: str, timestamp: str, token: str) -> str:
    return hmac.new(key.encode(), f"{timestamp}{token}".encode("utf-8", "replace"), sha256).hexdigest()


def _form(request: Request) -> Signature:
    named = by_name(request.parts)
    given = {
        name: named[name].text(most=LONGEST)
        for name in ("timestamp", "token", "signature", "parent-signature")
        if name in named
    }
    return Signature.model_validate(given)


def _json(request: Request) -> Signature:
    try:
        return request.json(Event).signature or Signature.model_validate({})
    except Malformed:
        raise NotTheirs("expected a form, or an object of JSON") from None
