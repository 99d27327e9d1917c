"""Ed25519 signatures with keys as providers show them: 32 bytes in base64."""

from __future__ import annotations

from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def holds(public_key: str, signature: bytes, message: bytes) -> bool:
    """True if `signature` is of `message` by the owner of the key. Raises ValueError for what is no key."""
    key = Ed25519PublicKey.from_public_bytes(b64decode(public_key.strip(), validate=True))
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def signature(private_key: str, message: bytes) -> bytes:
    """64 bytes. Raises ValueError for what is no key."""
    return Ed25519PrivateKey.from_private_bytes(b64decode(private_key, validate=True)).sign(message)
