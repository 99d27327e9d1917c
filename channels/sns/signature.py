"""SNS's signature (Amazon SNS, "Verifying the signatures of Amazon SNS messages"), in both its versions.

RSA with PKCS#1 v1.5 over the message's own fields, so it holds for the message and not for one request: what bounds
a repetition is the message's age. SNS tries for an hour at most; what it puts aside meanwhile in the subscription's
dead-letter queue may be posted later, after a long weekend too. Hence four days by default. A repeated message is
the same contact, whose id is remembered for eight.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from channels import ages
from channels.contract import Need, Request, Secrets, Verified
from channels.errors import Forged, NotTheirs
from channels.sns import addresses, certificates, envelope
from channels.sns.envelope import Envelope

OLDEST = timedelta(days=4)

AHEAD = timedelta(minutes=5)
"""How far Amazon's clock may be ahead of ours."""

HASHES: dict[str | None, type[HashAlgorithm]] = {"1": SHA1, "2": SHA256}
"""By SignatureVersion."""


@dataclass(frozen=True)
class Topics:
    """What a provider that sends through SNS is configured by.

    secrets: the topics that are taken, by ARN. certificates: files used instead of fetching. max_age: of a message.
    """

    secrets: str
    certificates: str
    max_age: str

    @property
    def options(self) -> tuple[str, ...]:
        return self.certificates, self.max_age

    def needs(self, request: Request, secrets: Secrets) -> tuple[Need, ...]:
        """The certificate. Raises what `verify` raises before it looks at the signature."""
        message = self._listed(request, secrets)
        host, url, _ = self._place(message, request, secrets)
        return (Need(url, host, instead=self.certificates),)

    def verify(self, request: Request, secrets: Secrets) -> Verified:
        """Raises Forged unless SNS signed the message, for a listed topic, not too long ago.

        Raises LookupError or ValueError where the certificate is missing or can't be read, which is no fault of
        theirs.
        """
        message = self._listed(request, secrets)
        _, url, at = self._place(message, request, secrets)
        given, text, algorithm = _given(message), message.signed, HASHES.get(message.signature_version)
        if algorithm is None:
            raise Forged("SignatureVersion is neither 1 nor 2")
        if text is None:
            raise Forged("Type isn't one that SNS signs, or a field has more than a line")
        if url not in request.fetched:
            raise LookupError("the certificate wasn't fetched")
        vouched = bool(secrets.option(self.certificates))
        known = certificates.keys(request.fetched[url], at, amazons=not vouched)
        if not known:
            raise Forged("no certificate of SNS was in force at the message's Timestamp")
        if not any(_holds(key, given, text, algorithm()) for key in known):
            raise Forged("Signature doesn't match")
        return Verified()

    def _listed(self, request: Request, secrets: Secrets) -> Envelope:
        message = envelope.of_theirs(request)
        if not secrets.match(message.topic_arn):
            raise Forged(f"TopicArn isn't one of ROUTER_{self.secrets}")
        return message

    def _place(self, message: Envelope, request: Request, secrets: Secrets) -> tuple[str, str, datetime]:
        """Host and address of the certificate, and the message's time."""
        host, url, at = addresses.host_of(message.topic_arn), message.signing_cert_url, message.at
        if not message.signature:
            raise Forged("Signature is missing")
        if host is None or url is None or not addresses.is_certificate(url, host):
            raise Forged("SigningCertURL isn't a certificate of SNS in the topic's region")
        if at is None:
            raise Forged("Timestamp is missing, or no time")
        if at < request.received_at - ages.longest(secrets, self.max_age, OLDEST):
            raise Forged(f"Timestamp is older than ROUTER_{self.max_age} allows")
        if at > request.received_at + AHEAD:
            raise Forged("Timestamp is in the future")
        return host, url, at


def sign(request: Request, key: str) -> Request:
    """The request with its message signed by `key`, an RSA key in PEM; by version 1 where the body names none."""
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise NotTheirs("expected a message of SNS as JSON")
    message = envelope.of_theirs(request)
    host = addresses.host_of(message.topic_arn) or "sns.us-east-1.amazonaws.com"
    version = message.signature_version or "1"
    url = message.signing_cert_url or f"https://{host}/SimpleNotificationService-{'0' * 32}.pem"
    private, text = _private(key), message.signed
    if private is None or text is None or version not in HASHES:
        raise NotTheirs("expected an RSA key, and a message of a type that SNS signs")
    signature = b64encode(private.sign(text, PKCS1v15(), HASHES[version]())).decode()
    fields |= {"SignatureVersion": version, "Signature": signature, "SigningCertURL": url}
    signed = replace(request, body=json.dumps(fields).encode())
    return signed.having(("x-amz-sns-message-type", message.type), ("x-amz-sns-topic-arn", message.topic_arn))


@lru_cache(maxsize=8)  # reading a key checks its primes, which takes longer than all the rest
def _private(pem: str) -> RSAPrivateKey | None:
    found = load_pem_private_key(pem.encode(), None)
    return found if isinstance(found, RSAPrivateKey) else None


def _given(message: Envelope) -> bytes:
    try:
        return b64decode(message.signature or "", validate=True)
    except ValueError:
        raise Forged("Signature isn't base64") from None


def _holds(key: RSAPublicKey, signature: bytes, text: bytes, algorithm: HashAlgorithm) -> bool:
    try:
        key.verify(signature, text, PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
