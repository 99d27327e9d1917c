"""Who may post as SendGrid (Twilio SendGrid, "Securing your Inbound Parse Webhooks").

A signature is optional there: ECDSA on P-256 with SHA-256, over the timestamp and the raw body, once a security policy
is attached to the parse setting. Where we have its public keys a valid one is demanded. Without them, or besides,
the webhook's URL carries basic auth; what is set is all demanded.

SendGrid tries for 72 h after a 5xx (SendGrid support, "Understanding Inbound Parse Webhook Retry Logic"), and drops a
mail at once after any 4xx. It doesn't say whether each attempt is signed anew, so the age allowed is longer than that.
An old request says nothing new: the signature covers the body, and the same body is the same contact.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from channels.contract import Request, Secrets, Verified
from channels.errors import Forged, Misconfigured
from channels.times import unix, within

SECRETS = "SENDGRID_PUBLIC_KEYS"
BASIC_AUTH = "SENDGRID_BASIC_AUTH"

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

MAX_AGE = timedelta(hours=74)
AHEAD = timedelta(hours=1)
"""How far the signer's clock may be ahead of ours."""

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----(.*?)-----END [A-Z ]+-----", re.DOTALL)
_ALGORITHM = ec.ECDSA(Prehashed(SHA256()))


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Forged, Unauthenticated without basic auth where it is set, Misconfigured for a key that can't be read."""
    users = secrets.option(BASIC_AUTH)
    if not secrets and not users:
        raise Forged("neither keys nor basic auth are set")
    if users and not Secrets(users).match(request.basic_auth):
        raise Forged("basic auth doesn't match")
    if secrets:
        _check(request, secrets.values)
    return Verified()


def signed(request: Request, key: str) -> Request:
    """`request` signed when it was received. key: the private one, base64 of its DER form."""
    private = load_der_private_key(b64decode(key), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise Misconfigured("expected a private key of an elliptic curve")
    timestamp = str(int(request.received_at.timestamp()))
    signature = private.sign(_digest(timestamp, request.body), _ALGORITHM)
    return request.having((SIGNATURE, b64encode(signature).decode()), (TIMESTAMP, timestamp))


def _check(request: Request, keys: tuple[str, ...]) -> None:
    timestamp, encoded = request.header(TIMESTAMP), request.header(SIGNATURE)
    if not timestamp or not encoded:
        raise Forged(f"{SIGNATURE} or {TIMESTAMP} is missing")
    try:
        signature, digest = b64decode(encoded, validate=True), _digest(timestamp, request.body)
    except ValueError:
        raise Forged(f"{SIGNATURE} can't be read") from None
    public, unreadable = _public(keys)
    if not any(_holds(key, signature, digest) for key in public):
        if unreadable:
            raise Misconfigured(f"ROUTER_{SECRETS}: expected public keys of an elliptic curve, base64 of DER or PEM")
        raise Forged(f"{SIGNATURE} doesn't match")
    if not within(unix(timestamp), request.received_at, before=MAX_AGE, after=AHEAD):
        raise Forged(f"{TIMESTAMP} is too far from now")


def _digest(timestamp: str, body: bytes) -> bytes:
    running = sha256(timestamp.encode("latin-1"))
    running.update(body)
    return running.digest()


def _holds(key: ec.EllipticCurvePublicKey, signature: bytes, digest: bytes) -> bool:
    try:
        key.verify(signature, digest, _ALGORITHM)
    except InvalidSignature:
        return False
    return True


def _public(values: Iterable[str]) -> tuple[list[ec.EllipticCurvePublicKey], bool]:
    """The keys that can be read, and whether one can't. A PEM key in a file is a value a line."""
    text = "\n".join(values).replace("\\n", "\n")
    found, unreadable = [], False
    for encoded in [*_PEM.findall(text), *_PEM.sub("", text).split()]:
        try:
            key = load_der_public_key(b64decode("".join(encoded.split()), validate=True))
        except (ValueError, UnsupportedAlgorithm):
            unreadable = True
            continue
        if isinstance(key, ec.EllipticCurvePublicKey):
            found.append(key)
        else:
            unreadable = True
    return found, unreadable
