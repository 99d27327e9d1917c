"""Messages of SNS, signed by keys that tests make."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from channels.contract import Request, Secrets
from channels.sns.signature import Topics, sign

TOPICS = Topics(secrets="TOPIC_ARNS", certificates="CERTIFICATES", max_age="MAX_AGE")
ARN = "arn:aws:sns:eu-west-1:123456789012:inbound"
URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem"
AT = datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)
LISTED = Secrets((ARN,))


@cache
def key(name: str) -> str:
    """An RSA key in PEM, one a name."""
    made = generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def certificate(
    pem: str | None,
    subject: str = "sns.amazonaws.com",
    since: datetime = AT - timedelta(30),
    till: datetime = AT + timedelta(30),
) -> bytes:
    """Of an RSA key; where `pem` is None, of a key on a curve, which SNS doesn't use."""
    private = generate_ec_key(SECP256R1()) if pem is None else load_pem_private_key(pem.encode(), None)
    assert isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = x509.CertificateBuilder(name, name, private.public_key(), 7, since, till)
    return builder.sign(private, SHA256()).public_bytes(Encoding.PEM)


def message(**fields: str | None) -> dict[str, str]:
    """A notification; a field that is None is left out."""
    told: dict[str, str | None] = {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": ARN,
        "Message": "hello\nthere",
        "Timestamp": "2026-11-22T14:03:10.412Z",
        "SigningCertURL": URL,
    }
    return {name: value for name, value in (told | fields).items() if value is not None}


def request(body: object, fetched: bytes | None = None, at: datetime = AT) -> Request:
    """A delivery; the certificate of `key("ours")` was fetched where none is given."""
    pem = certificate(key("ours")) if fetched is None else fetched
    headers = (("Content-Type", "text/plain; charset=UTF-8"),)
    return Request("POST", "https://router.example.com/hooks", headers, json.dumps(body).encode(), at, {URL: pem})


def signed(fetched: bytes | None = None, at: datetime = AT, by: str = "ours", **fields: str | None) -> Request:
    return sign(request(message(**fields), fetched, at), key(by))


def altered(signed: Request, **fields: str | None) -> Request:
    """A signed delivery with other fields under the same signature."""
    told = {**json.loads(signed.body), **fields}
    return replace(signed, body=json.dumps({name: value for name, value in told.items() if value is not None}).encode())
