from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Automatic, Contact
from channels.contract import Request
from channels.errors import ChannelProblem, Malformed
from channels.mailgun.inbound import CHANNEL, MIME, parse
from channels.multipart import URLENCODED
from tests.channels.requests import AT, PUBLIC

ANN = [["From", "Ann <ann@example.org>"], ["Message-Id", "<a@b>"], ["Subject", "x"]]
MAIL = {"recipient": "help@pets.example.com", "sender": "ann@example.org", "message-headers": json.dumps(ANN)}
RAW = "From: Ann <ann@example.org>\r\nSubject: x\r\nMessage-ID: <a@b>\r\n\r\nhelp\r\n"


def form(fields: dict[str, str]) -> Request:
    body = urlencode(fields, encoding="utf-8", errors="surrogatepass").encode()
    return Request("POST", PUBLIC + CHANNEL.path, (("Content-Type", URLENCODED),), body, AT)


def contact(**fields: str) -> Contact:
    """Underscores of names stand for hyphens."""
    (found,) = parse(form({**MAIL, **{name.replace("_", "-"): value for name, value in fields.items()}}))
    return found


def test_a_redelivery_under_another_token_is_the_same_contact() -> None:
    one, again = (contact(body_plain="help", token=token, timestamp=token) for token in ("1", "2"))
    assert one.provider_id == again.provider_id == one.delivery
    received = json.dumps([["Received", "elsewhere"], *ANN])
    assert contact(body_plain="help", **{"message-headers": received}).provider_id == one.provider_id


@pytest.mark.parametrize(
    "other", [{"body-plain": "another"}, {"recipient": "night@pets.example.com"}, {"subject": "y"}]
)
def test_another_mail_under_a_forged_message_id_is_another_contact(other: dict[str, str]) -> None:
    assert contact(**{"body-plain": "help", **other}).provider_id != contact(body_plain="help").provider_id


def test_a_raw_mail_is_the_same_contact_with_other_received_lines() -> None:
    one, again = (contact(body_mime=f"Received: {path}\r\n{RAW}") for path in ("a", "b"))
    assert one.provider_id == again.provider_id
    assert (one.text, one.message_id) == ("help", "<a@b>")


def test_either_hook_takes_either_form() -> None:
    assert MIME.parse is CHANNEL.parse
    assert MIME.path.endswith("mime")


def test_what_mailgun_stripped_counts_for_replies_only() -> None:
    told = {"body-plain": "new\r\n\r\n> old\r\n", "stripped-text": "new"}
    assert contact(subject="Re: x", **told).text == "new"
    assert contact(subject="Re: x", **told).full_text == "new\n\n> old"
    assert contact(subject="Fwd: x", **told).text == "new\n\n> old"
    assert contact(subject="Re: x", **{**told, "stripped-text": " "}).text == "new"


def test_html_is_read_where_there_is_no_plain_text() -> None:
    assert contact(body_plain=" ", body_html="<p>she is <b>gone</b></p>").text == "she is gone"


@pytest.mark.parametrize("told", ["", "x", "{}", "[[1, 2]]", '[["From"]]', "null"])
def test_headers_that_cant_be_read_are_taken_from_the_fields(told: str) -> None:
    found = contact(
        **{"message-headers": told, "Message-Id": "<c@d>", "In-Reply-To": "<e@f>", "from": "kit@example.org"}
    )
    assert found.sender is not None
    assert (found.sender.value, found.message_id, found.in_reply_to) == ("kit@example.org", "<c@d>", "<e@f>")


def test_the_envelope_counts_where_no_header_names_the_sender() -> None:
    for fields in ({"body-plain": "help"}, {"body-mime": "Subject: x\r\n\r\nhelp\r\n"}):
        found = contact(**{"message-headers": "[]", **fields})
        assert found.sender is not None
        assert found.sender.value == "ann@example.org"


def test_a_null_path_with_a_failures_subject_is_a_bounce() -> None:
    told = {"subject": "Undelivered Mail Returned to Sender", "body-plain": "no"}
    assert contact(sender="", **told).automatic is Automatic.BOUNCE
    assert contact(**told).automatic is None


def test_a_verified_event_is_another_webhooks() -> None:
    with pytest.raises(Malformed) as caught:
        parse(replace(form({}), headers=(("Content-Type", "application/json"),), body=b'{"event-data": {}}'))
    assert caught.value.field == "event-data"


@pytest.mark.parametrize(
    ("fields", "field"), [({}, "body-plain"), ({"event": "opened", "recipient": "ann@example.org"}, "body-plain")]
)
def test_a_form_without_a_mail_is_malformed(fields: dict[str, str], field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(form(fields))
    assert caught.value.field == field
    assert "ann@" not in str(caught.value)


def test_what_is_no_form_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        parse(replace(form({}), headers=(("Content-Type", "text/plain"),)))
    assert caught.value.field == "body"


NAMES = ("recipient", "sender", "from", "subject", "body-plain", "body-html", "body-mime", "stripped-text")
JSONS = ("message-headers", "content-id-map", "attachments")
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["From", "url", "name", "size", "attachment-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60)),
    st.dictionaries(st.sampled_from(JSONS), VALUES.map(json.dumps)),
)
def test_any_form_is_a_contact_or_malformed(fields: dict[str, str], more: dict[str, str]) -> None:
    try:
        (found,) = parse(form(fields | more))
    except ChannelProblem:
        return
    found.model_dump_json()
