from __future__ import annotations

from base64 import b64encode

import pytest

from channels.ed25519 import holds, signature

# RFC 8032, 7.1, test 2.
PRIVATE = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def encoded(digits: str) -> str:
    return b64encode(bytes.fromhex(digits)).decode()


def test_the_published_vector_holds() -> None:
    assert signature(encoded(PRIVATE), b"\x72").hex() == SIGNATURE
    assert holds(encoded(PUBLIC), bytes.fromhex(SIGNATURE), b"\x72")


def test_another_message_or_signature_doesnt() -> None:
    assert not holds(encoded(PUBLIC), bytes.fromhex(SIGNATURE), b"\x73")
    assert not holds(encoded(PUBLIC), bytes(64), b"\x72")
    assert not holds(encoded(PUBLIC), b"", b"\x72")


@pytest.mark.parametrize("key", ["", "!", "AAAA", "é"])
def test_what_is_no_key_is_a_value_error(key: str) -> None:
    with pytest.raises(ValueError):
        holds(key, bytes(64), b"")
