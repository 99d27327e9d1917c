from __future__ import annotations

import pytest

from channels.contact import Contact, Direction, Medium
from channels.contract import Texts
from channels.errors import Malformed
from channels.texts import LIMIT
from channels.twilio.sms import CHANNEL, MOST_MEDIA, parse, reply
from tests.channels.requests import twilio_form

SID = "SM" + "0" * 32
FROM = "+12065550123"


def message(**params: str) -> Contact:
    (contact,) = parse(twilio_form(CHANNEL, **{"MessageSid": SID, "From": FROM, "SmsStatus": "received", **params}))
    return contact


def test_a_message_is_one_contact_with_twilios_id() -> None:
    contact = message(Body="help", To="+12065550100")
    assert (contact.provider, contact.provider_id, contact.delivery, contact.sequence) == ("twilio", SID, SID, None)
    assert (contact.medium, contact.direction) == (Medium.SMS, Direction.INBOUND)
    assert contact.sender is not None
    assert (contact.sender.value, contact.text, contact.full_text) == (FROM, "help", None)


def test_an_empty_or_missing_body_is_a_contact_all_the_same() -> None:
    assert message(Body="").text == ""
    assert message().text == ""


def test_new_parameters_pass() -> None:
    assert message(Body="x", SomethingNew="y") == message(Body="x")


@pytest.mark.parametrize("status", ["delivered", "sent", "failed", "queued", "read", "a new word"])
def test_a_status_of_a_message_that_we_sent_is_no_contact(status: str) -> None:
    for name in ("SmsStatus", "MessageStatus"):
        with pytest.raises(Malformed) as caught:
            parse(twilio_form(CHANNEL, MessageSid=SID, From=FROM, **{name: status}))
        assert (caught.value.field, caught.value.expected) == ("SmsStatus", "received")


def test_an_unknown_status_on_a_message_with_words_loses_nothing() -> None:
    assert message(Body="help", SmsStatus="a new word").text == "help"


@pytest.mark.parametrize("sid", ["", " ", "x" * 101, "SM é", "a b"])
def test_without_an_id_of_its_own_a_message_is_malformed(sid: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(twilio_form(CHANNEL, MessageSid=sid, SmsSid=SID, From=FROM, Body="x"))
    assert caught.value.field == "MessageSid"
    assert FROM not in str(caught.value)


def test_a_repeated_parameter_counts_by_its_first_value() -> None:
    request = twilio_form(CHANNEL, MessageSid=SID, Body="first")
    object.__setattr__(request, "body", request.body + b"&Body=second")
    assert parse(request)[0].text == "first"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com:443/ME1",
        "https://media.twiliocdn.com/ME1",
        "https://a.b-c.twiliocdn.com/x/ME1?Expires=1&Signature=a~b%20",
    ],
)
def test_media_on_twilios_hosts_keep_their_link(url: str) -> None:
    (attachment,) = message(NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg").attachments
    assert attachment.url == url
    assert attachment.name == "ME1.jpg"
    assert (attachment.size, attachment.content) == (None, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://api.twilio.com/ME1",
        "https://api.twilio.com.example.com/ME1",
        "https://eviltwiliocdn.com/ME1",
        "https://twiliocdn.com.example.com/",
        "https://api.twilio.com@198.51.100.7/ME1",
        "https://api.twilio.com:8443/ME1",
        "https://api.twilio.com\\@198.51.100.7/ME1",
        "https://api.twilio.com/ME1\nHost: x",
        "https://api.twilio.com",
        "https://-.twiliocdn.com/ME1",
        "file:///etc/passwd",
        "https://169.254.169.254/latest",
        "//api.twilio.com/ME1",
        " https://api.twilio.com/ME1",
        "https://api.twilio.com/" + "x" * 3000,
    ],
)
def test_media_elsewhere_are_kept_by_name_only(url: str) -> None:
    (attachment,) = message(NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg").attachments
    assert (attachment.url, attachment.name, attachment.media_type) == (None, "media-1.jpg", "image/jpeg")


def test_a_huge_number_of_media_costs_nothing() -> None:
    assert message(NumMedia="99999999999999999999").attachments == ()
    many = {f"MediaUrl{n}": "https://api.twilio.com/ME" for n in range(MOST_MEDIA + 10)}
    assert len(message(NumMedia="many", **many).attachments) == MOST_MEDIA


def test_a_text_past_the_limit_is_cut_and_says_so() -> None:
    contact = message(Body="ü" * (LIMIT // 2 + 1))
    assert len(contact.text.encode()) == LIMIT
    assert contact.extra["truncated"] == "text"


def test_the_reply_is_silent() -> None:
    answer = reply(twilio_form(CHANNEL), Texts())
    assert (answer.status, answer.media_type, answer.body) == (200, "text/xml", "<Response/>")
