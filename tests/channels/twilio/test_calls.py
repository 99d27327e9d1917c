"""Voice and its status callbacks: one contact a call."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.contact import Call, CallStatus, Contact, Direction
from channels.contract import Texts
from channels.errors import Malformed
from channels.twilio import status, voice
from channels.twilio.call import STATUS
from tests.channels.requests import AT, twilio_form

SID = "CA" + "0" * 32
ANN, US = "+12065550123", "+12065550100"


def first(**params: str) -> Contact:
    asked = {"CallSid": SID, "From": ANN, "To": US, "Direction": "inbound", "CallStatus": "ringing", **params}
    (contact,) = voice.parse(twilio_form(voice.CHANNEL, **asked))
    return contact


def update(**params: str) -> Contact:
    asked = {"CallSid": SID, "From": ANN, "To": US, "Direction": "inbound", **params}
    (contact,) = status.parse(twilio_form(status.CHANNEL, **asked))
    return contact


def call(contact: Contact) -> Call:
    assert contact.call is not None
    return contact.call


def test_the_first_webhook_and_its_updates_are_one_contact() -> None:
    ringing, ended = first(), update(CallStatus="completed", SequenceNumber="3", CallDuration="74")
    assert (ringing.provider, ringing.provider_id) == (ended.provider, ended.provider_id) == ("twilio", SID)
    assert (ringing.delivery, ringing.sequence, ringing.update) == (SID, None, False)
    assert (ended.delivery, ended.sequence, ended.update) == (f"{SID}:3", 3, True)
    assert (call(ended).status, call(ended).duration_s) == (CallStatus.COMPLETED, 74)
    assert ringing.text == ended.text == ""


def test_an_update_without_a_sequence_number_is_the_zeroth() -> None:
    assert update(CallStatus="completed").delivery == f"{SID}:0"
    assert update(CallStatus="completed", SequenceNumber="0").sequence == 0


def test_a_status_callback_at_the_wrong_address_is_still_an_update() -> None:
    assert first(CallStatus="completed", SequenceNumber="2").delivery == f"{SID}:2"


@pytest.mark.parametrize("number", ["-1", "1.5", "two", "9" * 30, "²"])
def test_a_sequence_number_that_is_none_is_malformed(number: str) -> None:
    with pytest.raises(Malformed) as caught:
        update(SequenceNumber=number)
    assert caught.value.field == "SequenceNumber"


def test_a_call_without_an_id_is_malformed() -> None:
    for channel in (voice.CHANNEL, status.CHANNEL):
        with pytest.raises(Malformed) as caught:
            channel.parse(twilio_form(channel, From=ANN, To=US))
        assert caught.value.field == "CallSid"


@pytest.mark.parametrize(("word", "meaning"), STATUS.items())
def test_twilios_words_have_ours(word: str, meaning: CallStatus) -> None:
    assert call(update(CallStatus=word)).status is meaning


def test_unknown_words_are_unknown_and_unreadable_numbers_are_left_out() -> None:
    contact = update(
        CallStatus="teleported",
        Direction="sideways",
        CallDuration="long",
        SipResponseCode="ok",
        AnsweredBy="<b>",
        Timestamp="yesterday",
    )
    assert (call(contact).status, contact.direction) == (CallStatus.UNKNOWN, Direction.UNKNOWN)
    assert call(contact) == Call(status=CallStatus.UNKNOWN)
    assert contact.happened_at == AT


@pytest.mark.parametrize("word", ["outbound-api", "outbound-dial", "outbound", "Outbound-API"])
def test_of_a_call_that_we_made_the_person_is_who_was_called(word: str) -> None:
    contact = update(Direction=word, From=US, To=ANN)
    assert contact.direction is Direction.OUTBOUND
    assert contact.sender is not None
    assert (contact.sender.value, contact.recipients[0].value) == (ANN, US)


def test_what_is_known_of_a_call_is_kept() -> None:
    contact = update(
        CallStatus="completed",
        SequenceNumber="4",
        ForwardedFrom="+12065550177",
        SipResponseCode="200",
        AnsweredBy="machine_start",
        CallDuration="0",
        Duration="1",
        Timestamp="Sun, 22 Nov 2026 15:02:59 +0100",
    )
    found = call(contact)
    assert found.forwarded_from is not None
    assert (found.forwarded_from.value, found.sip_response, found.answered_by, found.duration_s) == (
        "+12065550177",
        200,
        "machine_start",
        0,
    )
    assert contact.happened_at == datetime(2026, 11, 22, 14, 2, 59, tzinfo=UTC)


@pytest.mark.parametrize("caller", ["", "anonymous", "+266696687", "Restricted"])
def test_a_withheld_caller_has_no_address(caller: str) -> None:
    assert first(From=caller).sender is None


def test_a_caller_is_greeted_and_then_put_on_the_waiting_line() -> None:
    texts = Texts(greeting="Tom & Ann's <safety> line,\nplease hold", language="en-GB", queue="a & b")
    answer = voice.reply(twilio_form(voice.CHANNEL), texts)
    assert answer.media_type == "text/xml"
    say, enqueue = ElementTree.fromstring(answer.body)
    assert (say.tag, say.text, say.get("language")) == ("Say", "Tom & Ann's <safety> line,\nplease hold", "en-GB")
    assert (enqueue.tag, enqueue.text) == ("Enqueue", "a & b")


def test_without_a_greeting_the_caller_still_waits() -> None:
    answer = voice.reply(twilio_form(voice.CHANNEL), Texts(greeting=" "))
    assert [verb.tag for verb in ElementTree.fromstring(answer.body)] == ["Enqueue"]


@given(st.text(max_size=80), st.text(max_size=20))
@example("\ufffe\x01", "\uffff")
def test_any_greeting_makes_xml(greeting: str, queue: str) -> None:
    answer = voice.reply(twilio_form(voice.CHANNEL), Texts(greeting=greeting, queue=queue))
    assert ElementTree.fromstring(answer.body).tag == "Response"
