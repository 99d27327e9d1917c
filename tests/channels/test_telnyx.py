from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Contact
from channels.contract import Request, Secrets
from channels.errors import ChannelProblem, Forged, Malformed, Misconfigured, Unauthenticated
from channels.telnyx import CHANNEL, SIGNATURE, TIMESTAMP, WINDOW, Message, parse, sign, verify
from tests.channels.requests import AT, PUBLIC
from tests.shared import SHARED, needs_shared

SEED = bytes(range(32))
PRIVATE = b64encode(SEED).decode()
KEYS = Secrets((b64encode(Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()).decode(),))
ANN: dict[str, object] = {"id": "m-1", "from": {"phone_number": "+14155550142"}, "text": "help"}


def event(payload: object, kind: object = "message.received", **more: object) -> Request:
    body = {"data": {"event_type": kind, "id": "e-1", "payload": payload, **more}}
    headers = (("Content-Type", "application/json"),)
    return Request("POST", PUBLIC + CHANNEL.path, headers, json.dumps(body).encode(), AT)


def contact(**fields: object) -> Contact:
    (found,) = parse(event({**ANN, **fields}))
    return found


def test_what_the_key_signed_is_verified_and_a_changed_byte_is_forged() -> None:
    request = sign(event(ANN), PRIVATE)
    verify(request, KEYS)
    with pytest.raises(Forged):
        verify(replace(request, body=request.body + b" "), KEYS)


def test_the_timestamp_is_signed_too() -> None:
    signature = sign(event(ANN), PRIVATE).header(SIGNATURE) or ""
    later = str(int(AT.timestamp()) + 1)
    with pytest.raises(Forged):
        verify(event(ANN).having((SIGNATURE, signature), (TIMESTAMP, later)), KEYS)


@pytest.mark.parametrize("away", [WINDOW + timedelta(seconds=1), -WINDOW - timedelta(seconds=1)])
def test_a_signature_holds_for_five_minutes_before_and_after(away: timedelta) -> None:
    request = sign(event(ANN), PRIVATE)
    with pytest.raises(Forged):
        verify(replace(request, received_at=AT + away), KEYS)
    verify(replace(request, received_at=AT + 0.9 * away), KEYS)


@pytest.mark.parametrize("signature", ["x", "=", b64encode(b"short").decode(), b64encode(bytes(64)).decode()])
def test_what_is_no_signature_is_forged(signature: str) -> None:
    with pytest.raises(Forged):
        verify(event(ANN).having((SIGNATURE, signature), (TIMESTAMP, str(int(AT.timestamp())))), KEYS)


def test_a_request_without_signature_or_timestamp_carries_no_credentials() -> None:
    request = sign(event(ANN), PRIVATE)
    for name in (SIGNATURE, TIMESTAMP):
        with pytest.raises(Unauthenticated):
            verify(replace(request, headers=tuple(each for each in request.headers if each[0] != name)), KEYS)


@pytest.mark.parametrize("key", ["not base64!", b64encode(b"too short").decode()])
def test_a_key_that_is_none_is_our_mistake(key: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        verify(sign(event(ANN), PRIVATE), Secrets((key,)))
    assert key not in str(caught.value)


def test_two_events_of_one_message_are_two_deliveries_of_one_contact() -> None:
    (first,), (second,) = parse(event(ANN)), parse(event(ANN, id="e-2"))
    assert first.provider_id == second.provider_id
    assert first.delivery != second.delivery


@pytest.mark.parametrize("kind", ["message.sent", "message.finalized", "10dlc.brand.update", "new.event"])
def test_events_of_other_types_are_no_contact(kind: str) -> None:
    assert parse(event(ANN, kind)) == []


def test_what_we_sent_is_no_contact() -> None:
    assert parse(event({**ANN, "direction": "outbound"})) == []


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (event({"text": "help"}), "data.payload.id"),
        (event({**ANN, "id": "x" * 101}), "data.payload.id"),
        (event(ANN, id=None), "data.id"),
        (event({**ANN, "text": {"a": 1}}), "data.payload.text"),
        (event(None), "data.payload"),
        (event(ANN, None), "data.event_type"),
        (replace(event(ANN), body=b"{}"), "data"),
        (replace(event(ANN), body=b"\xff"), "body"),
    ],
)
def test_what_cant_be_read_is_malformed_with_its_field(request_: Request, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(request_)
    assert caught.value.field == field
    assert "help" not in str(caught.value)


def test_fields_that_arent_needed_may_have_any_shape() -> None:
    found = contact(to="x", cc=None, media=[None, 1, {"url": 2}], received_at=[], direction=7, type={}, subject=[])
    assert (found.text, found.happened_at) == ("help", AT)


def test_a_message_without_words_and_sender_is_still_one() -> None:
    found = contact(**{"from": None, "text": None})
    assert (found.sender, found.text) == (None, "")


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["phone_number", "url"]), inner),
)
FIELDS = st.sampled_from([field.alias or name for name, field in Message.model_fields.items()])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(FIELDS, VALUES) | VALUES)
def test_any_payload_is_a_contact_nothing_or_malformed(payload: object) -> None:
    try:
        found = parse(event(payload))
    except ChannelProblem:
        return
    for one in found:
        one.model_dump_json()


@needs_shared
def test_real_envelopes_are_read() -> None:
    folder = SHARED / "fixtures/telnyx"
    with pytest.raises(Malformed) as caught:  # its payload is left out there
        parse(replace(event(ANN), body=(folder / "message_envelope.json").read_bytes()))
    assert caught.value.field == "data.payload.id"
    voice = {"data": json.loads((folder / "voice_event_example.json").read_text())}
    assert parse(replace(event(ANN), body=json.dumps(voice).encode())) == []
