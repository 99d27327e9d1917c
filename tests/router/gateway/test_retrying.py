from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from channels.contact import Medium
from channels.contract import Channel, Request
from channels.errors import Malformed
from channels.registry import CHANNELS
from router.gateway import delivery as deliveries
from router.gateway.came import CameByHttp, CameByMail
from router.gateway.delivery import Delivery, dead_letter
from router.gateway.edge import Edge
from router.gateway.metrics import Metrics
from router.gateway.retrying import Retrying
from router.model import retries
from router.model.cloudevents import Message, attributes
from router.model.dead_letters import Place, letter_of
from router.stages.contract import Record
from tests.channels.requests import payloads, signed
from tests.router.gateway.parts import ID_KEY, NOW, PUBLIC, MemoryBlobs, MemoryLog

POSTMARK = next(channel for channel in CHANNELS if channel.name == "postmark-inbound")
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
MAIL = b"From: ann@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: Rex\r\n\r\nRex ate grapes."


class Tried:
    def __init__(self) -> None:
        self.log = MemoryLog()
        self.blobs = MemoryBlobs(self.log)
        edge = Edge(self.log, self.blobs, ID_KEY, Metrics())
        self.retrying = Retrying("", edge, self.blobs, CHANNELS, PUBLIC)

    def refused(self) -> Message:
        (letter,) = self.log.on("gateway.dlq")
        return letter


def a_delivery(channel: Channel, request: Request) -> Delivery:
    return Delivery(
        channel.name,
        channel.provider,
        channel.medium,
        request.body,
        request.media_type,
        NOW,
        TRACE,
        came=CameByHttp(request, channel.reads),
    )


def resubmitted(delivery: Delivery) -> Record:
    """As the topic has it, once a dead letter of the delivery was resubmitted."""
    letter = dead_letter(delivery, "malformed", Malformed("a", "b", "c"))
    return retried(letter)


def retried(letter: Message) -> Record:
    made = retries.retry(
        letter_of(letter.headers), Place("gateway.dlq", 0, 1), letter.key, letter.value, letter.headers
    )
    assert made is not None
    return Record(made.topic, 0, 0, made.key, made.value, made.headers, NOW)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
async def test_what_can_be_read_today_becomes_what_it_would_have_been_and_twice_the_same(channel: Channel) -> None:
    request = signed(channel, payloads(channel.name)[0])
    tried = Tried()
    record = resubmitted(a_delivery(channel, request))
    await tried.retrying.take(record)
    await tried.retrying.take(record)
    wanted = channel.parse(replace(request, received_at=NOW))
    assert isinstance(wanted, list)
    assert [one.contact for one in tried.log.contacts()] == [
        contact.model_copy(update={"attachments": made.contact.attachments})
        for contact, made in zip(wanted * 2, tried.log.contacts(), strict=True)
    ]
    if wanted:
        assert len({attributes(message.headers).id for message in tried.log.messages}) == len(wanted)
        assert {attributes(message.headers).time for message in tried.log.messages} == {NOW}


async def test_a_mail_over_smtp_is_read_with_its_envelope() -> None:
    came = CameByMail("ann@example.com", ("safety@example.com",))
    delivery = Delivery("smtp", "smtp", Medium.EMAIL, MAIL, "message/rfc822", NOW, TRACE, came=came)
    tried = Tried()
    await tried.retrying.take(resubmitted(delivery))
    (event,) = tried.log.contacts()
    assert event.contact.text == "Rex ate grapes."
    assert [address.value for address in event.contact.recipients] == ["safety@example.com"]


async def test_what_still_cannot_be_read_is_dead_lettered_once_more_untouched_and_can_be_tried_again() -> None:
    request = replace(signed(POSTMARK, payloads(POSTMARK.name)[0]), body=b'{"no": "mail"}')
    tried = Tried()
    await tried.retrying.take(resubmitted(a_delivery(POSTMARK, request)))
    letter = tried.refused()
    assert letter.value == b'{"no": "mail"}'
    assert letter_of(letter.headers).tries == 2
    again = Tried()
    await again.retrying.take(retried(letter))
    assert letter_of(again.refused().headers).tries == 3
    told = dict(again.refused().headers)
    assert json.loads(told["request"]) == json.loads(dict(letter.headers)["request"])


async def test_a_body_too_large_for_a_record_is_fetched_from_the_store_or_refused_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = signed(POSTMARK, payloads(POSTMARK.name)[0])
    monkeypatch.setattr(deliveries, "LARGEST_EVENT", 10)
    record = resubmitted(a_delivery(POSTMARK, request))
    monkeypatch.undo()
    assert record.value == b""
    tried = Tried()
    await tried.blobs.put(request.body)
    await tried.retrying.take(record)
    assert len(tried.log.contacts()) == 1
    without = Tried()
    await without.retrying.take(record)
    letter = without.refused()
    assert letter_of(letter.headers).field == "body"
    assert dict(letter.headers)["raw_sha256"] == (record.header("raw_sha256") or "").encode()


async def test_a_hook_that_is_no_longer_served_loses_nothing() -> None:
    request = signed(POSTMARK, payloads(POSTMARK.name)[0])
    tried = Tried()
    await tried.retrying.take(resubmitted(replace(a_delivery(POSTMARK, request), channel="gone")))
    assert (letter_of(tried.refused().headers).field, tried.refused().value) == ("channel", request.body)


async def test_while_the_log_is_away_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.gateway.retrying.RETRY_S", 0)
    tried = Tried()
    tried.log.away = True
    taking = asyncio.create_task(
        tried.retrying.take(resubmitted(a_delivery(POSTMARK, signed(POSTMARK, payloads(POSTMARK.name)[0]))))
    )
    for _ in range(20):
        await asyncio.sleep(0)
    assert not taking.done()
    tried.log.away = False
    await asyncio.wait_for(taking, 5)
    assert len(tried.log.contacts()) == 1


async def test_what_is_no_resubmitted_letter_is_passed_over() -> None:
    tried = Tried()
    await tried.retrying.take(Record("gateway.retry", 0, 0, b"k", b"v", (), NOW))
    await tried.retrying.take(Record("gateway.retry", 0, 0, b"k", b"v", (("ce_type", b"record.retried"),), NOW))
    assert tried.log.messages == []
