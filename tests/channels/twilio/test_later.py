"""Recordings and transcripts: parts of their call."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Contact
from channels.contract import Channel, Request
from channels.errors import ChannelProblem, Malformed
from channels.twilio import recording, status, transcription, voice
from tests.channels.requests import FORM, PUBLIC, twilio_form

CALL = {"CallSid": "CA1", "AccountSid": "AC1"}
TALK = {**CALL, "From": "+12065550142", "To": "+12065550100", "Direction": "inbound"}
RECORDED = {**CALL, "RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingUrl": "https://api.twilio.com/RE1"}
SAID = {**TALK, "TranscriptionSid": "TR1", "TranscriptionStatus": "completed", "TranscriptionText": "he is bleeding"}
HOOKS = pytest.mark.parametrize(
    ("channel", "form"), [(recording.CHANNEL, RECORDED), (transcription.CHANNEL, SAID)], ids=["recording", "transcript"]
)


def read(channel: Channel, form: dict[str, str]) -> list[Contact]:
    found = channel.parse(twilio_form(channel, **form))
    assert isinstance(found, list)
    return found


def test_both_are_parts_of_the_calls_contact() -> None:
    (ring,) = read(voice.CHANNEL, {**TALK, "CallStatus": "ringing"})
    (ended,) = read(status.CHANNEL, {**TALK, "CallStatus": "completed", "SequenceNumber": "3"})
    (recorded,) = read(recording.CHANNEL, RECORDED)
    (said,) = read(transcription.CHANNEL, SAID)
    told = (ring, ended, recorded, said)
    assert len({(each.provider, each.provider_id) for each in told}) == 1
    assert len({each.delivery for each in told}) == len(told)
    assert [each.part for each in told] == [None, None, "recording:RE1", "transcription:TR1"]
    assert [each.update for each in told] == [False, True, True, True]
    assert (recorded.delivery, said.delivery) == ("CA1:recording:RE1", "CA1:transcription:TR1")


def test_a_transcript_has_the_words_and_whose_they_are() -> None:
    (said,) = read(transcription.CHANNEL, SAID)
    assert said.text == "he is bleeding"
    assert said.sender is not None
    assert said.sender.value == "+12065550142"


@pytest.mark.parametrize("text", ["(blank)", "he is bleeding"])
def test_a_failed_transcript_is_recorded_without_words(text: str) -> None:
    (said,) = read(transcription.CHANNEL, {**SAID, "TranscriptionStatus": "failed", "TranscriptionText": text})
    assert not said.has_words()
    assert said.extra["TranscriptionStatus"] == "failed"
    assert said.sequence == 0


@HOOKS
def test_what_failed_and_came_good_later_are_two_deliveries_in_their_order(
    channel: Channel, form: dict[str, str]
) -> None:
    failed = {**form, "RecordingStatus": "failed", "TranscriptionStatus": "failed"}
    (one,), (other,) = read(channel, failed), read(channel, form)
    assert one.delivery != other.delivery
    assert one.part == other.part
    assert (one.sequence or 0) < (other.sequence or 0)


@HOOKS
def test_what_is_under_way_tells_nothing(channel: Channel, form: dict[str, str]) -> None:
    assert read(channel, {**form, "RecordingStatus": "in-progress", "TranscriptionStatus": "in-progress"}) == []


@pytest.mark.parametrize("word", ["absent", "failed", "deleted"])
def test_a_recording_that_isnt_there_has_no_link(word: str) -> None:
    (found,) = read(recording.CHANNEL, {**RECORDED, "RecordingStatus": word})
    assert found.attachments == ()
    assert found.extra["RecordingStatus"] == word


def test_a_status_that_nobody_knows_counts_as_done() -> None:
    (found,) = read(recording.CHANNEL, {**RECORDED, "RecordingStatus": "archived"})
    assert found.attachments[0].url == RECORDED["RecordingUrl"]


@HOOKS
@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", True),
        ("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", True),
        ("http://api.twilio.com/RE1", False),
        ("https://api.twilio.com.evil.test/RE1", False),
        ("https://169.254.169.254/latest", False),
        ("https://user@api.twilio.com/RE1", False),
    ],
)
def test_a_recording_is_linked_on_twilios_own_hosts_only(
    channel: Channel, form: dict[str, str], url: str, ours: bool
) -> None:
    (found,) = read(channel, {**form, "RecordingUrl": url})
    assert found.attachments[0].url == (url if ours else None)


@pytest.mark.parametrize(
    ("channel", "form", "field"),
    [
        (recording.CHANNEL, RECORDED, "CallSid"),
        (recording.CHANNEL, RECORDED, "RecordingSid"),
        (transcription.CHANNEL, SAID, "CallSid"),
        (transcription.CHANNEL, SAID, "TranscriptionSid"),
    ],
)
def test_without_its_sids_it_is_malformed(channel: Channel, form: dict[str, str], field: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(channel, {**form, field: ""})
    assert caught.value.field == field


def test_whose_call_it_was_may_stand_in_the_callbacks_query_and_the_form_counts_first() -> None:
    url = f"{PUBLIC}{recording.CHANNEL.path}?From={quote('+12065550142')}&To={quote('+12065550100')}&CallSid=CA9"
    for form, sender in ((RECORDED, "+12065550142"), ({**RECORDED, "From": "+12065550177"}, "+12065550177")):
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in form.items()).encode()
        sent = twilio_form(recording.CHANNEL)
        (found,) = recording.parse(Request("POST", url, (("Content-Type", FORM),), body, sent.received_at))
        assert found.sender is not None
        assert (found.sender.value, found.provider_id) == (sender, "CA1")
        assert [each.value for each in found.recipients] == ["+12065550100"]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted({*RECORDED, *SAID})), st.text(max_size=40)), st.booleans())
def test_any_form_is_a_part_nothing_or_malformed(changes: dict[str, str], transcript: bool) -> None:
    channel, form = (transcription.CHANNEL, SAID) if transcript else (recording.CHANNEL, RECORDED)
    try:
        found = read(channel, {**form, **changes})
    except ChannelProblem:
        return
    for each in found:
        assert each.update
        each.model_dump_json()
