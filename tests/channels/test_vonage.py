from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Address, AddressKind, Contact
from channels.contract import Request, Secrets
from channels.errors import ChannelProblem, Forged, Malformed, Misconfigured
from channels.vonage import BARE, CHANNEL, HMACS, METHOD, parse, sign, signature_of, verify
from tests.channels.requests import AT, FORM, PUBLIC
from tests.shared import SHARED, needs_shared

SECRET = "signature secret"
URL = PUBLIC + CHANNEL.path
ANN = {"msisdn": "14155550142", "to": "12065550100", "messageId": "0A0001", "text": "help & hurry=now", "type": "text"}
NOW = str(int(AT.timestamp()))


def get(**params: str) -> Request:
    return Request("GET", f"{URL}?{urlencode(params)}", (), b"", AT)


def post(**params: str) -> Request:
    return Request("POST", URL, (("Content-Type", FORM),), urlencode(params).encode(), AT)


def post_json(body: object) -> Request:
    return Request("POST", URL, (("Content-Type", "application/json"),), json.dumps(body).encode(), AT)


def secrets(*methods: str) -> Secrets:
    return Secrets((SECRET,), {METHOD: methods} if methods else {})


def signed(method: str = "sha256", **params: str) -> Request:
    params = {"timestamp": NOW, **ANN, **params}
    return get(**params, sig=signature_of(params, SECRET, method))


def contact(**params: str) -> Contact:
    (found,) = parse(get(**{**ANN, **params}))
    return found


@pytest.mark.parametrize("request_", [get(**ANN), post(**ANN), post_json(ANN)], ids=["GET", "form", "JSON"])
def test_each_way_of_sending_is_verified_and_tells_the_same_contact(request_: Request) -> None:
    sent = sign(request_, SECRET)
    verify(sent, secrets())
    assert parse(sent) == [contact()]


def test_a_changed_or_added_parameter_is_forged() -> None:
    for changed in ({"text": "other"}, {"more": "x"}):
        sent = dict(ANN, timestamp=NOW)
        sig = signature_of(sent, SECRET, "sha256")
        with pytest.raises(Forged):
            verify(get(**{**sent, **changed}, sig=sig), secrets())


def test_a_name_that_could_stand_for_several_parameters_is_forged() -> None:
    whole = {"a": "1", "text": "x", "timestamp": NOW}
    folded = {"a=1&text": "x", "timestamp": NOW}
    sig = signature_of(whole, SECRET, "sha256")
    assert sig == signature_of(folded, SECRET, "sha256")
    verify(get(**whole, sig=sig), secrets())
    with pytest.raises(Forged):
        verify(get(**folded, sig=sig), secrets())


@pytest.mark.parametrize("method", [*HMACS, BARE])
def test_only_the_methods_that_are_set_are_taken(method: str) -> None:
    request = signed(method)
    verify(request, secrets(method))
    verify(request, secrets("sha1", method.upper()))
    if method != "sha256":
        with pytest.raises(Forged):
            verify(request, secrets())


def test_a_bare_hash_holds_only_where_it_is_named() -> None:
    for others in ((), tuple(HMACS)):
        with pytest.raises(Forged):
            verify(signed(BARE), secrets(*others))


def test_a_method_that_nobody_knows_is_our_mistake_not_the_senders() -> None:
    with pytest.raises(Misconfigured):
        verify(signed(), secrets("sha3"))


def test_capitals_in_the_digest_are_the_same_digest() -> None:
    params = {"timestamp": NOW, **ANN}
    verify(get(**params, sig=signature_of(params, SECRET, "sha256").upper()), secrets())


@pytest.mark.parametrize(("age", "holds"), [(timedelta(hours=24), True), (timedelta(hours=26), False)])
def test_a_message_that_was_tried_for_a_day_is_taken_and_an_older_one_refused(age: timedelta, holds: bool) -> None:
    request = replace(signed(), received_at=AT + age)
    if holds:
        verify(request, secrets())
    else:
        with pytest.raises(Forged):
            verify(request, secrets())


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", str(int(NOW) + 900), "9" * 40])
def test_a_timestamp_that_is_none_or_in_the_future_is_refused(timestamp: str) -> None:
    with pytest.raises(Forged):
        verify(signed(timestamp=timestamp), secrets())


def test_each_part_of_a_long_message_is_a_contact_that_says_which_part_it_is() -> None:
    first = contact(messageId="p1", **{"concat": "true", "concat-ref": "7", "concat-part": "1", "concat-total": "2"})
    second = contact(messageId="p2", **{"concat": "true", "concat-ref": "7", "concat-part": "2", "concat-total": "2"})
    assert first.sender == second.sender
    assert first.provider_id != second.provider_id
    assert [one.extra["concat-part"] for one in (first, second)] == ["1", "2"]
    assert {one.extra["concat-ref"] for one in (first, second)} == {"7"}


def test_a_delivery_receipt_is_no_contact() -> None:
    assert parse(get(msisdn="14155550142", messageId="0A1", status="delivered")) == []


def test_a_message_about_a_status_is_one() -> None:
    assert contact(status="lost").text == ANN["text"]


@pytest.mark.parametrize("message_id", ["", "x" * 101])
def test_without_an_id_it_is_malformed(message_id: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(get(**{**ANN, "messageId": message_id}))
    assert caught.value.field == "messageId"


@pytest.mark.parametrize("who", ["12345", "Pets"])
def test_a_short_code_and_a_name_are_handles(who: str) -> None:
    assert contact(msisdn=who).sender == Address(kind=AddressKind.HANDLE, value=f"sms:{who.lower()}")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*ANN, "data", "status", "sig", "timestamp"]), st.text(max_size=30)))
def test_any_parameters_are_a_contact_nothing_or_malformed(params: dict[str, str]) -> None:
    try:
        found = parse(get(**params))
    except ChannelProblem:
        return
    for one in found:
        one.model_dump_json()


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="&="), max_size=9), st.text(max_size=20))
)
def test_what_is_signed_is_verified_however_it_is_sent(params: dict[str, str]) -> None:
    params = {key: value for key, value in params.items() if key not in ("sig", "timestamp")}
    for request in (get(**params), post_json(params)):
        verify(sign(request, SECRET), secrets())
        with pytest.raises(Forged):
            verify(sign(request, "another"), secrets())


@needs_shared
def test_the_published_vectors_hold() -> None:
    vectors = json.loads((SHARED / "fixtures/vonage/signature_vectors.json").read_text())
    checked = [one for one in vectors if one["kind"] == "sms sig param"]
    assert len(checked) == 5
    for one in checked:
        params = {key: str(value) for key, value in one["params"].items()}
        assert signature_of(params, one["secret"], one["method"]) == one["sig"]
