"""From a provider's webhook to an incident on its skill's queue: `router up`, real requests, an independent reader."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.kafka.numbers import phone
from tests.kafka.platform import SECRETS, Process, Queues, Up, client, queues, up
from tests.until import PATIENCE_S

POISON = "Help!! he ate a whole bar of dark chocolate and is shaking, what do I do"


def sms(sender: str, text: str, sid: str | None = None) -> dict[str, str]:
    return {
        "ToCountry": "US",
        "MessageSid": sid or f"SM{uuid4().hex}",
        "AccountSid": "AC" + "0" * 32,
        "From": sender,
        "To": "+12065550100",
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
        "FromCountry": "US",
        "ApiVersion": "2010-04-01",
    }


def call(sender: str, sid: str, **more: str) -> dict[str, str]:
    return {
        "CallSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": sender,
        "To": "+12065550100",
        "Direction": "inbound",
        "CallStatus": "ringing",
        "ApiVersion": "2010-04-01",
        **more,
    }


def postmark(sender: str, subject: str, text: str) -> dict[str, object]:
    return {
        "MessageID": str(uuid4()),
        "FromFull": {"Email": sender, "Name": "A Person", "MailboxHash": ""},
        "ToFull": [{"Email": "help@inbound.example.com", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": "help@inbound.example.com",
        "Subject": subject,
        "Date": "Sun, 22 Nov 2026 14:03:11 +0000",
        "TextBody": text,
        "Headers": [],
        "Attachments": [{"Name": "bill.txt", "Content": "NDAwIGRvbGxhcnM=", "ContentType": "text/plain"}],
    }


@pytest.fixture(scope="module")
def process(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with up(kafka, tmp_path_factory.mktemp("up") / "data") as running:
        yield running


@pytest.fixture
async def running(process: Process) -> AsyncIterator[tuple[Up, Queues]]:
    async with client(process) as platform, queues(process.kafka) as seen:
        yield platform, seen


def contact_of(response: httpx.Response) -> str:
    assert 200 <= response.status_code < 300, response.text
    return response.headers["X-Router-Contact-Id"]


async def on_queue(seen: Queues, contact_id: str) -> dict[str, object]:
    await seen.until(lambda: len(seen.holding(contact_id)) == 1)
    return seen.holding(contact_id)[0]


async def shown(platform: Up, contact_id: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The contact as the desk sees it, once it is so: the gateway reads the queues for itself."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await platform.desk("GET", f"/contacts/{contact_id}")
            if answer.status_code == 200 and holds(found := answer.json()):
                return dict(found)
            await asyncio.sleep(0.02)


async def test_every_provider_ends_on_the_queue_of_its_skill(running: tuple[Up, Queues]) -> None:
    platform, seen = running
    poisoned = await on_queue(seen, contact_of(await platform.twilio("sms", sms(phone(), POISON))))
    assert (poisoned["severity"], poisoned["skill"], poisoned["state"]) == ("S1", "emergency-vet", "waiting")
    assert poisoned["languages"] == ["en"]
    assert poisoned["channels"] == ["sms"]
    assert poisoned["evidence"]

    voice = await platform.twilio("voice", call(phone(), f"CA{uuid4().hex}"))
    assert voice.headers["content-type"].startswith("text/xml")
    assert "<Say" in voice.text and "<Enqueue" in voice.text
    assert (await on_queue(seen, contact_of(voice)))["severity"] == "S2"

    mailed = postmark(f"{uuid4().hex}@example.com", "Vet bill", "Please find attached the vet bill for my claim.")
    claim = await on_queue(seen, contact_of(await platform.postmark(mailed)))
    assert (claim["skill"], claim["channels"]) == ("claims", ["email"])

    message = (
        f"From: Ben <{uuid4().hex}@example.com>\r\nTo: help@example.com\r\nSubject: lost\r\n"
        f"Message-ID: <{uuid4()}@example.com>\r\n\r\n"
        "My dog escaped from the sitter's garden and is missing right now!\r\n"
    ).encode()
    said = await platform.mail(message, "ben@example.com", "help@example.com")
    lost = await on_queue(seen, said.split()[-1])
    assert (lost["severity"], lost["skill"]) == ("S1", "lost-pet")
    everything = json.dumps([value for _, _, _, value in seen.records])
    assert "example.com" not in everything and "chocolate" not in everything and "+1206" not in everything


async def test_one_emergency_by_three_channels_is_one_incident(running: tuple[Up, Queues]) -> None:
    platform, seen = running
    number, address, sid = phone(), f"{uuid4().hex}@example.com", f"CA{uuid4().hex}"
    linked = await platform.desk("PUT", f"/people/crm-{uuid4().hex}", {"addresses": [number, address]})
    assert linked.status_code == 200
    first = contact_of(await platform.twilio("sms", sms(number, POISON)))
    opened = await on_queue(seen, first)
    second = contact_of(await platform.twilio("voice", call(number, sid)))
    await on_queue(seen, second)  # channels have no order among each other before the pool's log
    late = call(
        number,
        sid,
        CallStatus="completed",
        SequenceNumber="3",
        CallDuration="49",
        CallbackSource="call-progress-events",
    )
    early = call(number, sid, CallStatus="in-progress", SequenceNumber="2", CallbackSource="call-progress-events")
    for form in (late, early):
        assert (await platform.twilio("voice-status", form)).headers["X-Router-Contact-Id"] == second
    third = contact_of(await platform.postmark(postmark(address, "The bill", "Here is the vet bill for my claim.")))
    await seen.until(lambda: bool(seen.holding(third)))
    incident = seen.holding(third)[0]
    assert incident["incident_id"] == opened["incident_id"]
    assert incident["contact_ids"] == [first, second, third]
    assert incident["channels"] == ["sms", "call", "email"]
    assert (incident["severity"], incident["skill"]) == ("S1", "emergency-vet")
    await shown(platform, second, lambda contact: contact["call"]["status"] == "completed")
    mailed = await shown(platform, third, lambda _: True)
    assert mailed["text"].strip() == "Here is the vet bill for my claim."
    assert [(file["name"], file["media_type"], file["size"]) for file in mailed["attachments"]] == [
        ("bill.txt", "text/plain", 11)
    ]


async def test_a_redelivered_webhook_is_the_same_contact_once(running: tuple[Up, Queues]) -> None:
    platform, seen = running
    form = sms(phone(), POISON)
    ids = {contact_of(await platform.twilio("sms", form)) for _ in range(5)}
    assert len(ids) == 1
    marker = contact_of(await platform.twilio("sms", sms(str(form["From"]), "thanks")))
    incident = await on_queue(seen, marker)
    assert incident["contact_ids"] == [*ids, marker]


async def test_of_two_agents_who_claim_at_once_one_owns_it_each_of_200_times(running: tuple[Up, Queues]) -> None:
    platform, seen = running
    incident = await on_queue(seen, contact_of(await platform.twilio("sms", sms(phone(), POISON))))
    place = f"/incidents/{incident['incident_id']}"
    agents = [f"agent-{uuid4().hex[:8]}" for _ in range(2)]
    for agent in agents:
        presence = {"presence": "available", "skills": {"emergency-vet": 5, "lang-en": 5}, "capacity": 1}
        assert (await platform.desk("POST", f"/agents/{agent}/presence", presence)).status_code == 200
    for _ in range(200):
        answers = await asyncio.gather(
            *(platform.desk("POST", f"{place}/claim", {"agent_id": agent}) for agent in agents)
        )
        won = [agent for agent, answer in zip(agents, answers, strict=True) if answer.status_code == 200]
        lost = [answer.json() for answer in answers if answer.status_code == 409]
        assert len(won) == 1
        assert [(each["reason"], each["owner"]) for each in lost] == [("owned", won[0])]
        released = await platform.desk("POST", f"{place}/release", {"agent_id": won[0]})
        assert released.json()["state"] == "waiting"
    owners = [value["owner"] for _, key, _, value in seen.records if key == incident["incident_id"] and value]
    assert all(not (before and after) or before == after for before, after in pairwise(owners))


async def test_a_worker_killed_midway_is_replaced_and_everything_arrives_once(running: tuple[Up, Queues]) -> None:
    platform, seen = running
    sent = [contact_of(await platform.twilio("sms", sms(phone(), f"{POISON} {n}"))) for n in range(20)]
    os.kill(platform.child("worker"), signal.SIGKILL)
    sent += [contact_of(await platform.twilio("sms", sms(phone(), f"{POISON} {n}"))) for n in range(40)]
    await seen.until(lambda: all(seen.holding(each) for each in sent))
    assert all(len(seen.holding(each)) == 1 for each in sent)


async def test_a_worker_that_wakes_up_late_changes_nothing(running: tuple[Up, Queues], kafka: str) -> None:
    platform, seen = running
    async with second_worker(kafka):
        asleep = platform.child("worker")
        os.kill(asleep, signal.SIGSTOP)
        try:
            sent = [contact_of(await platform.twilio("sms", sms(phone(), POISON))) for _ in range(20)]
            await seen.until(lambda: all(seen.holding(each) for each in sent))
        finally:
            os.kill(asleep, signal.SIGCONT)
        sent += [contact_of(await platform.twilio("sms", sms(phone(), POISON))) for _ in range(20)]
        await seen.until(lambda: all(seen.holding(each) for each in sent))
        assert all(len(seen.holding(each)) == 1 for each in sent)
        revisions = [(v["incident_id"], v["revision"], v["state"]) for _, _, _, v in seen.records if v]
        assert all(seen.now()[incident_id][1]["revision"] >= revision for incident_id, revision, _ in revisions)


@asynccontextmanager
async def second_worker(kafka: str) -> AsyncIterator[None]:
    """Another worker of the same cluster, ready before it is handed over."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "router",
        "worker",
        env={**os.environ, **SECRETS, "KAFKA_BOOTSTRAP_SERVERS": kafka},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            assert json.loads(await process.stdout.readline())["ready"] is True
        yield
    finally:
        process.terminate()
        await process.wait()
