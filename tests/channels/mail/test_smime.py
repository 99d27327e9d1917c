from __future__ import annotations

from base64 import b64decode
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.smime import content
from tests.channels.requests import PAYLOADS


def part(name: str) -> bytes:
    payload = message_from_bytes((PAYLOADS / "mail" / f"{name}.eml").read_bytes()).get_payload()
    return b64decode(str(payload))


NAMES = ("smime_signed", "smime_streamed")


@pytest.mark.parametrize("name", NAMES)
def test_what_was_signed_is_found(name: str) -> None:
    found = content(part(name))
    assert found is not None
    assert found.startswith(b"Content-Type: text/plain")
    assert "He is bleeding from the ear – what now?".encode() in found


def test_what_holds_no_signed_content_has_none() -> None:
    encrypted = part(NAMES[0]).replace(bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010703"))
    for broken in (encrypted, b"", b"0", b"\x30\x80", b"not BER at all", b"\x30" * 10_000, b"\x30\x80" * 10_000):
        assert content(broken) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_part_cut_anywhere_raises_nothing(name: str) -> None:
    whole = part(name)
    for end in range(len(whole)):
        content(whole[:end])


@given(st.binary(max_size=60), st.integers(0, 400))
def test_garbage_within_a_part_raises_nothing(garbage: bytes, at: int) -> None:
    whole = part(NAMES[1])
    content(whole[:at] + garbage + whole[at + len(garbage) :])
    content(garbage)


def test_endless_small_pieces_cost_little() -> None:
    assert content(b"\x30\x80" + b"\x05\x00" * 3_000_000) is None
