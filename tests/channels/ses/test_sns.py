from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Automatic, Contact
from channels.contract import Confirmation, Request
from channels.errors import Malformed
from channels.ses.sns import CHANNEL, parse
from tests.channels.requests import AT, PAYLOADS, signed, signing
from tests.shared import SHARED, needs_shared

ARN = "arn:aws:sns:eu-west-1:123456789012:inbound"
RAW = "From: Ann <ann@example.org>\r\nSubject: help\r\n\r\nshe ate chocolate\r\n"


def delivery(message: object, **fields: str) -> Request:
    told = {"Type": "Notification", "MessageId": "d-1", "TopicArn": ARN}
    told["Message"] = message if isinstance(message, str) else json.dumps(message)
    return Request("POST", "", (), json.dumps(told | fields).encode(), AT)


def notification(content: str | None = RAW, **receipt: Any) -> dict[str, Any]:
    mail = {"messageId": "m-1", "source": "bounce@mail.example.org", "timestamp": "2026-11-22T14:00:00.000Z"}
    told = {
        "notificationType": "Received",
        "mail": mail,
        "receipt": {"recipients": ["Help@Pets.example.com"], **receipt},
    }
    return told if content is None else told | {"content": content}


def contact(told: dict[str, Any]) -> Contact:
    found = parse(delivery(told))
    assert isinstance(found, list)
    (one,) = found
    return one


def without(told: dict[str, Any], **mail: Any) -> dict[str, Any]:
    return told | {"mail": told["mail"] | mail}


def test_the_id_is_the_mails_and_the_delivery_is_sns_own() -> None:
    found = contact(notification())
    assert (found.provider_id, found.delivery) == ("m-1", "d-1")


def test_without_an_id_the_content_is_the_id() -> None:
    one, again, other = (
        contact(without(notification(content), messageId=None)).provider_id for content in (RAW, RAW, f"{RAW}now")
    )
    assert one == again != other


def test_the_envelope_says_who_it_was_for_and_a_null_path_that_a_machine_sent_it() -> None:
    found = contact(notification())
    assert [one.value for one in found.recipients] == ["help@pets.example.com"]
    assert found.automatic is None
    assert contact(without(notification(), source="<>")).automatic is Automatic.GENERATED


def test_without_headers_the_envelopes_sender_is_the_sender() -> None:
    found = contact(notification("just words"))
    assert found.sender is not None
    assert (found.sender.value, found.text) == ("bounce@mail.example.org", "just words")


def test_a_mail_without_a_date_happened_when_ses_received_it() -> None:
    assert contact(notification()).happened_at.isoformat() == "2026-11-22T14:00:00+00:00"
    assert contact(without(notification(), timestamp="soon")).happened_at == AT


def test_base64_keeps_the_mails_own_bytes() -> None:
    raw = b"From: ann@example.org\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9\r\n"
    action = {"type": "SNS", "encoding": "BASE64"}
    assert contact(notification(b64encode(raw).decode(), action=action)).text == "café"
    with pytest.raises(Malformed) as caught:
        parse(delivery(notification("*", action=action)))
    assert caught.value.field == "Message.content"


def test_a_mail_that_lies_in_s3_is_a_contact_that_says_where() -> None:
    action = {"type": "S3", "bucketName": "b", "objectKey": "k"}
    found = contact(notification(None, action=action))
    assert found.extra == {
        "action": "S3",
        "bucketName": "b",
        "objectKey": "k",
        "content": "in S3, not fetched",
        "truncated": "parts",
    }
    assert found.provider_id == "m-1:headers"


def test_a_mail_of_which_only_the_headers_came_takes_nothing_from_the_whole_one() -> None:
    assert contact(notification(None)).provider_id != contact(notification()).provider_id


def test_headers_that_promise_parts_give_no_empty_files() -> None:
    headers = [
        {"name": "Content-Type", "value": "application/pdf"},
        {"name": "From", "value": "ann@example.org\r\nX: y"},
    ]
    found = contact(without(notification(None), headers=headers))
    assert (found.text, found.attachments) == ("", ())
    assert found.sender is not None and found.sender.value.startswith("ann@example.org")


def test_a_mail_that_a_rule_sent_back_is_nobodys() -> None:
    assert parse(delivery(notification(None, action={"type": "Bounce"}))) == []


@pytest.mark.parametrize(
    "message",
    [
        "Successfully validated SNS topic for Amazon SES event publishing.",
        {"notificationType": "Bounce"},
        {"notificationType": "Complaint", "mail": {}},
        {"eventType": "Open"},
        {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "…"},
    ],
)
def test_what_tells_of_sent_mail_or_of_the_topic_is_no_contact(message: object) -> None:
    assert parse(delivery(message)) == []


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("hello", "Message"),
        ("[" * 100_000, "Message"),
        ({}, "Message.notificationType"),
        ([], "Message.notificationType"),
        ({"notificationType": "New"}, "Message.notificationType"),
        ({"notificationType": "Received"}, "Message.mail"),
        (notification() | {"content": ["secret"]}, "Message.content"),
    ],
)
def test_what_cant_be_read_is_malformed_with_its_field_and_without_its_content(message: object, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(delivery(message))
    assert caught.value.field == field
    assert "secret" not in str(caught.value)


def test_a_new_type_of_envelope_is_malformed() -> None:
    with pytest.raises(Malformed, match="Type: expected Notification"):
        parse(delivery("x", Type="Another"))


def test_a_listed_topics_subscription_is_confirmed_and_an_ended_one_isnt_restored() -> None:
    path = PAYLOADS / CHANNEL.name / "subscription.txt"
    request, known = signed(CHANNEL, path), signing(CHANNEL)
    CHANNEL.verify(request, known.secrets(known.present))
    url = json.loads(path.read_text())["SubscribeURL"]
    assert parse(request) == Confirmation(url, "sns.eu-west-1.amazonaws.com")
    assert parse(signed(CHANNEL, path.with_name("unsubscription.txt"))) == []


def test_a_subscription_that_would_be_confirmed_elsewhere_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        parse(delivery("x", Type="SubscriptionConfirmation", SubscribeURL="https://evil.example/?Action=x"))
    assert caught.value.field == "SubscribeURL"


KEYS = st.sampled_from(
    ["name", "value", "status", "type", "encoding", "from", "to", "messageId", "headers", "recipients"]
)
ANY = st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
)
SHAPES = st.fixed_dictionaries(
    {"mail": st.dictionaries(st.sampled_from(["messageId", "source", "headers", "commonHeaders", "destination"]), ANY)},
    optional={
        "receipt": st.dictionaries(st.sampled_from(["recipients", "action", "spamVerdict"]), ANY),
        "content": st.text(),
    },
)


@settings(max_examples=80, deadline=None)
@given(SHAPES)
def test_a_received_mail_of_any_other_shape_is_still_a_contact(told: dict[str, Any]) -> None:
    try:
        found = contact(told | {"notificationType": "Received"})
    except Malformed as problem:
        assert problem.field == "Message.content"
        return
    found.model_dump_json()


@needs_shared
def test_every_real_notification_is_a_contact_a_confirmation_or_of_sent_mail() -> None:
    folder = SHARED / "fixtures/sns/anymail"
    paths = [path for path in folder.rglob("*.json") if not path.name.endswith(".meta.json")]
    assert len(paths) >= 15
    for path in paths:
        try:
            found = parse(replace(delivery(""), body=path.read_bytes()))
        except Malformed as problem:
            # Cut short by whoever collected them: no mail at all, or an address that ends in an ellipsis.
            assert problem.field in ("Message.mail", "SubscribeURL")
            continue
        assert found == [] or path.parent.name == "inbound"


@needs_shared
@pytest.mark.parametrize("name", ["inbound_sns_utf8", "inbound_sns_base64"])
def test_what_another_library_reads_of_a_real_mail_agrees(name: str) -> None:
    folder = SHARED / "fixtures/sns/anymail/inbound"
    (theirs,) = json.loads((folder / f"{name}.meta.json").read_text())["anymail_normalised"]
    (found,) = [one for one in parse(replace(delivery(""), body=(folder / f"{name}.json").read_bytes())) if one]  # type: ignore[union-attr]
    assert found.provider_id == theirs["event_id"]
    assert found.recipients[0].value == theirs["envelope_recipient"]
    assert (found.subject, found.message_id, found.text) == (
        theirs["subject"],
        theirs["message_id"],
        theirs["text"].strip(),
    )
