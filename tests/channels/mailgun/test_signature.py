from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Request, Secrets
from channels.errors import ChannelProblem, Forged, Misconfigured, NotTheirs
from channels.mailgun.inbound import CHANNEL
from channels.mailgun.signature import AHEAD, MAX_AGE, OTHERWISE, verify
from channels.multipart import MULTIPART, URLENCODED
from tests.channels.requests import AT, PUBLIC, SECRET, payloads, signed
from tests.shared import SHARED, needs_shared

SECRETS = Secrets((SECRET,))
FORM = (("Content-Type", URLENCODED),)
JSON = (("Content-Type", "application/json"),)


def request() -> Request:
    return signed(CHANNEL, payloads(CHANNEL.name)[0])


def given_by(sent: Request) -> dict[str, str]:
    return {part.name: part.text() for part in sent.parts[:3]}


def posted(fields: dict[str, str], at: datetime = AT) -> Request:
    return Request("POST", PUBLIC + CHANNEL.path, FORM, urlencode(fields).encode(), at)


def event(signature: Any) -> Request:
    body = json.dumps({"signature": signature, "event-data": {"event": "opened"}}).encode()
    return Request("POST", PUBLIC + CHANNEL.path, JSON, body, AT)


def test_the_token_holds_for_one_body_as_long_as_its_time_is_taken() -> None:
    sent = request()
    verified = verify(sent, SECRETS)
    assert verified.nonce == given_by(sent)["token"]
    assert verified.keep >= OTHERWISE + AHEAD
    assert verify(replace(sent, body=sent.body + b"&x=y"), SECRETS).nonce == verified.nonce


def test_another_try_may_have_another_boundary_but_says_the_same() -> None:
    path = next(path for path in payloads(CHANNEL.name) if path.suffix == ".multipart")
    sent = signed(CHANNEL, path)
    boundary = (sent.header("content-type") or "").partition("boundary=")[2]
    again = replace(
        sent,
        headers=(("Content-Type", f"{MULTIPART}; boundary=another"),),
        body=sent.body.replace(boundary.encode(), b"another"),
    )
    changed = replace(sent, body=sent.body.replace(b"The receipt", b"A receipt", 1))
    assert changed.body != sent.body != again.body
    first = verify(sent, SECRETS)
    assert verify(again, SECRETS).content == first.content
    assert verify(changed, SECRETS).content != first.content


@pytest.mark.parametrize("field", ["timestamp", "token", "signature"])
def test_each_field_of_the_signature_counts(field: str) -> None:
    fields = given_by(request())
    verify(posted(fields), SECRETS)
    for wrong in (fields[field] + "0", "", "0" * len(fields[field])):
        with pytest.raises(Forged):
            verify(posted({**fields, field: wrong}), SECRETS)
    with pytest.raises(Forged, match="missing"):
        verify(posted({name: value for name, value in fields.items() if name != field}), SECRETS)


def test_a_subaccounts_mail_holds_by_its_parents_signature() -> None:
    fields = given_by(request())
    child = {**fields, "signature": "0" * 64, "parent-signature": fields["signature"].upper()}
    verify(posted(child), SECRETS)
    verify(event(child), SECRETS)
    with pytest.raises(Forged):
        verify(posted({**child, "parent-signature": "1" * 64}), SECRETS)


def test_an_event_is_signed_in_its_json() -> None:
    fields = given_by(request())
    assert verify(event({**fields, "timestamp": int(fields["timestamp"])}), SECRETS).nonce == fields["token"]
    wrong: Any
    for wrong in (None, {}, [], "x", {**fields, "token": ["x"]}):
        with pytest.raises(Forged):
            verify(event(wrong), SECRETS)
    with pytest.raises(NotTheirs):
        verify(replace(event({}), body=b"{"), SECRETS)


@pytest.mark.parametrize(
    ("age", "holds"),
    [
        (timedelta(0), True),
        (timedelta(hours=9), True),
        (OTHERWISE * 1.1, False),
        (-AHEAD, True),
        (-AHEAD * 2, False),
    ],
)
def test_a_signature_holds_as_long_as_mailgun_tries(age: timedelta, holds: bool) -> None:
    later = replace(request(), received_at=AT + age)
    if holds:
        verify(later, SECRETS)
    else:
        with pytest.raises(Forged, match="too far"):
            verify(later, SECRETS)


def test_the_operator_sets_another_age() -> None:
    later = replace(request(), received_at=AT + timedelta(minutes=20))
    keep = verify(later, Secrets((SECRET,), {MAX_AGE: ("30m",)})).keep
    assert keep >= timedelta(minutes=30)
    with pytest.raises(Forged):
        verify(later, Secrets((SECRET,), {MAX_AGE: ("10m",)}))
    with pytest.raises(Misconfigured):
        verify(later, Secrets((SECRET,), {MAX_AGE: ("soon",)}))


@given(st.text(max_size=30), st.text(max_size=60), st.text(max_size=70))
def test_any_other_signature_is_refused(timestamp: str, token: str, signature: str) -> None:
    fields = {"timestamp": timestamp, "token": token, "signature": signature}
    for sent in (posted(fields), event(fields)):
        with pytest.raises(ChannelProblem):
            verify(sent, SECRETS)


@needs_shared
def test_the_published_vectors_hold_and_the_wrong_ones_dont() -> None:
    vectors = json.loads((SHARED / "fixtures/mailgun/signature_vectors.json").read_text())
    assert [vector["valid"] for vector in vectors] == [True, False]
    for vector in vectors:
        fields = {name: vector[name] for name in ("timestamp", "token", "signature")}
        sent = posted(fields, datetime.fromtimestamp(int(vector["timestamp"]), UTC))
        if vector["valid"]:
            assert verify(sent, Secrets((vector["signing_key"],))).nonce == vector["token"]
        else:
            with pytest.raises(Forged, match="match"):
                verify(sent, Secrets((vector["signing_key"],)))
