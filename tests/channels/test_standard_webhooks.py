from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Request, Secrets
from channels.errors import Forged, Misconfigured, Unauthenticated
from channels.standard_webhooks import ID, SIGNATURE, TIMESTAMP, WINDOW, check, signed
from tests.channels.requests import AT, PUBLIC
from tests.shared import SHARED, needs_shared

KEY = "whsec_" + b64encode(b"a key of the tests").decode()
OTHER = "whsec_" + b64encode(b"another key").decode()
SEED = bytes(range(32))
PRIVATE = "whsk_" + b64encode(SEED).decode()
PUBLIC_KEY = "whpk_" + b64encode(Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()).decode()
BARE = Request("POST", PUBLIC, (), b'{"a": 1}', AT)


def checked(request: Request, *secrets: str) -> None:
    check(request, Secrets(secrets), "EVENTS_SECRETS")


def test_either_kind_of_key_holds_beside_the_other() -> None:
    for key in (KEY, PRIVATE):
        checked(signed(BARE, "m-1", key), OTHER, KEY, PUBLIC_KEY)


@pytest.mark.parametrize(("key", "secret"), [(KEY, OTHER), (KEY, PUBLIC_KEY), (PRIVATE, KEY)])
def test_another_key_is_forged(key: str, secret: str) -> None:
    with pytest.raises(Forged):
        checked(signed(BARE, "m-1", key), secret)


@pytest.mark.parametrize("header", [ID, TIMESTAMP, SIGNATURE])
def test_every_header_is_needed_and_covered(header: str) -> None:
    request = signed(BARE, "m-1", KEY)
    with pytest.raises(Unauthenticated):
        checked(replace(request, headers=tuple(each for each in request.headers if each[0] != header)), KEY)
    changed = tuple((name, "1" + value if name == header else value) for name, value in request.headers)
    with pytest.raises(Forged):
        checked(replace(request, headers=changed), KEY)


@given(st.integers(-1_000, 1_000))
def test_a_signature_holds_for_five_minutes_before_and_after(seconds: int) -> None:
    request = replace(signed(BARE, "m-1", KEY), received_at=AT + timedelta(seconds=seconds))
    if abs(seconds) <= WINDOW.total_seconds():
        checked(request, KEY)
    else:
        with pytest.raises(Forged):
            checked(request, KEY)


def test_a_digest_of_the_other_version_is_no_signature() -> None:
    request = signed(BARE, "m-1", KEY)
    version = tuple((name, value.replace("v1,", "v1a,")) for name, value in request.headers)
    with pytest.raises(Forged):
        checked(replace(request, headers=version), KEY, PUBLIC_KEY)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_!", "not base64", "whpk_AAAA", ""])
def test_a_key_that_is_none_is_our_mistake_and_isnt_told(secret: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        checked(signed(BARE, "m-1", PRIVATE), secret)
    assert "EVENTS_SECRETS" in str(caught.value)
    assert not secret or secret not in str(caught.value).replace("whsec_ or whpk_", "")


@needs_shared
def test_the_published_vectors_hold() -> None:
    vectors = json.loads((SHARED / "fixtures/standardwebhooks/signature_vectors.json").read_text())
    assert len(vectors) == 4
    for one in vectors:
        headers = ((ID, one["id"]), (TIMESTAMP, str(one["timestamp"])), (SIGNATURE, one["signature"]))
        request = Request("POST", PUBLIC, headers, one["body"].encode(), datetime.fromtimestamp(one["timestamp"], UTC))
        if one["valid"]:
            checked(request, one["secret"])
        else:
            with pytest.raises(Forged):
                checked(request, one["secret"])
