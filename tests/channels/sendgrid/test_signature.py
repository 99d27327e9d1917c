from __future__ import annotations

import json
import textwrap
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Request, Secrets, Verified
from channels.errors import ChannelProblem, Forged, Misconfigured, Unauthenticated
from channels.sendgrid.inbound import CHANNEL
from channels.sendgrid.signature import AHEAD, BASIC_AUTH, MAX_AGE, SIGNATURE, TIMESTAMP, verify
from tests.channels.requests import AT, PUBLIC, payloads, signed, signing, unsigned
from tests.shared import SHARED, needs_shared

KEYS = signing(CHANNEL)
SECRETS = KEYS.secrets(KEYS.present)
USERS = {BASIC_AUTH: ("sendgrid:5ecret", "old:5ecret")}
SAMPLE = payloads(CHANNEL.name)[0]


def request() -> Request:
    return signed(CHANNEL, SAMPLE)


def as_user(sent: Request, user: str = "sendgrid:5ecret") -> Request:
    return sent.having(("Authorization", f"Basic {b64encode(user.encode()).decode()}"))


def refused(sent: Request, secrets: Secrets) -> bool:
    try:
        verify(sent, secrets)
    except (Forged, Unauthenticated):
        return True
    return False


def test_a_byte_of_the_body_or_a_second_of_the_time_breaks_the_signature() -> None:
    sent = request()
    assert verify(sent, SECRETS) == Verified()
    later = str(int(sent.header(TIMESTAMP) or "") + 1)
    other_time = tuple((name, later if name == TIMESTAMP else value) for name, value in sent.headers)
    for changed in (replace(sent, body=sent.body + b"\r\n"), replace(sent, headers=other_time)):
        with pytest.raises(Forged):
            verify(changed, SECRETS)


@pytest.mark.parametrize("missing", [SIGNATURE, TIMESTAMP])
def test_half_a_signature_is_none(missing: str) -> None:
    sent = request()
    with pytest.raises(Forged, match="missing"):
        verify(replace(sent, headers=tuple(pair for pair in sent.headers if pair[0] != missing)), SECRETS)


@pytest.mark.parametrize(
    ("age", "holds"),
    [(timedelta(0), True), (timedelta(hours=72), True), (-AHEAD, True), (MAX_AGE * 1.1, False), (-AHEAD * 2, False)],
)
def test_a_signature_holds_as_long_as_sendgrid_tries(age: timedelta, holds: bool) -> None:
    assert refused(replace(request(), received_at=AT + age), SECRETS) is not holds


def test_basic_auth_alone_is_enough_where_no_key_is_set() -> None:
    sent = unsigned(CHANNEL, SAMPLE)
    for user in ("sendgrid:5ecret", "old:5ecret"):
        verify(as_user(sent, user), Secrets((), USERS))
    assert refused(as_user(sent, "sendgrid:other"), Secrets((), USERS))
    with pytest.raises(Unauthenticated):
        verify(sent, Secrets((), USERS))


def test_where_both_are_set_both_are_demanded() -> None:
    both = Secrets(SECRETS.values, USERS)
    verify(as_user(request()), both)
    assert refused(request(), both)
    assert refused(as_user(unsigned(CHANNEL, SAMPLE)), both)


def pem(key: str) -> list[str]:
    return ["-----BEGIN PUBLIC KEY-----", *textwrap.wrap(key, 64), "-----END PUBLIC KEY-----"]


def test_a_key_may_be_pem_a_line_a_value_or_on_one_line() -> None:
    present, old = KEYS.present.verify, KEYS.old.verify
    for values in ([*pem(old), *pem(present)], [old, *pem(present)], ["\\n".join(pem(present)), old]):
        verify(request(), Secrets(tuple(values)))


@pytest.mark.parametrize("wrong", ["x", "!", "MEE=", "user:password", "-----BEGIN PUBLIC KEY-----"])
def test_a_key_that_cant_be_read_is_our_fault_and_hides_no_other(wrong: str) -> None:
    verify(request(), Secrets((wrong, KEYS.present.verify)))
    with pytest.raises(Misconfigured) as caught:
        verify(request(), Secrets((wrong,)))
    assert wrong not in str(caught.value) or len(wrong) == 1


@given(st.text(max_size=100), st.text(max_size=20))
def test_any_signature_and_time_are_refused_at_most(signature: str, timestamp: str) -> None:
    headers = ((SIGNATURE, signature), (TIMESTAMP, timestamp))
    with pytest.raises(ChannelProblem):
        verify(Request("POST", PUBLIC, headers, b"", AT), SECRETS)


@needs_shared
def test_the_published_vectors_hold_and_the_wrong_ones_dont() -> None:
    vectors = json.loads((SHARED / "fixtures/sendgrid/event_webhook_signature_vectors.json").read_text())
    assert {vector["valid"] for vector in vectors} == {True, False}
    for vector in vectors:
        headers = ((SIGNATURE, vector["signature"]), (TIMESTAMP, vector["timestamp"]))
        at = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
        sent = Request("POST", PUBLIC, headers, vector["body"].encode(), at)
        assert refused(sent, Secrets((vector["public_key"],))) is not vector["valid"], vector["name"]
