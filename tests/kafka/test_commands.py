"""`router send`, `tail` and `explain`, as a user types them, on a running `up`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.kafka.platform import SECRETS, Process, Queues, client, queues, up
from tests.until import PATIENCE_S


@dataclass
class Typed:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Terminal:
    data: Path
    seen: Queues

    async def router(self, *arguments: str, **env: str) -> Typed:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "router", *arguments, "--data", str(self.data)),
            env={**os.environ, **SECRETS, **env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE_S):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Typed(process.returncode, out.decode(), err.decode())

    async def placed(self, contact_id: str) -> dict[str, Any]:
        """The incident that holds the contact, once it is on its queue."""
        await self.seen.until(lambda: bool(self.seen.holding(contact_id)))
        return self.seen.holding(contact_id)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands") / "data"


@pytest.fixture(scope="module")
def process(kafka: str, folder: Path) -> Iterator[Process]:
    with up(kafka, folder) as running:
        yield running


@pytest.fixture
async def typing(process: Process, folder: Path) -> AsyncIterator[Terminal]:
    async with queues(process.kafka) as seen:
        yield Terminal(folder, seen)


async def test_what_is_sent_is_tailed_and_explained(typing: Terminal) -> None:
    words = "he ate a whole bar of chocolate and is shaking"
    sent = await typing.router("send", "sms", words, "--from", "+12065550177", "--json")
    assert sent.status == 0, sent.err
    contact_id = sent.lines()[0]["contact_id"]
    incident = await typing.placed(contact_id)

    queue = incident["skill"]
    tailed = await typing.router("tail", queue, "--from-start", "--until-end", "--json")
    assert tailed.status == 0, tailed.err
    [line] = [one for one in tailed.lines() if one["key"] == incident["incident_id"]]
    assert list(line) == ["topic", "partition", "offset", "key", "headers", "value"]
    assert line["topic"] == f"queue.{queue}"
    assert line["value"]["contact_ids"] == [contact_id]

    explained = await typing.router("explain", contact_id, "--json")
    assert explained.status == 0, explained.err
    told = json.loads(explained.out)
    assert told["incident"]["incident_id"] == incident["incident_id"]
    assert told["contacts"][0]["severity"] == "S1"
    assert told["contacts"][0]["reasons"]
    assert [hop["name"] for hop in told["contacts"][0]["hops"]] == ["received", "inbound", "pool", "queue"]
    assert words not in explained.out
    assert "+12065550177" not in explained.out

    asked = (told["contacts"][0]["provider_id"], incident["incident_id"], contact_id[:10])
    for again in await asyncio.gather(*(typing.router("explain", each, "--reveal") for each in asked)):
        assert again.status == 0, again.err
        assert incident["incident_id"] in again.out
        assert "+12065550177" in again.out


async def test_a_call_and_a_mail_by_smtp_are_taken_too(typing: Terminal) -> None:
    for arguments, channel in ((("call", "--seconds", "3"), "call"), (("email", "--via", "smtp"), "email")):
        sent = await typing.router("send", *arguments, "--json")
        assert sent.status == 0, sent.err
        [contact_id] = {line["contact_id"] for line in sent.lines()}
        assert (await typing.placed(contact_id))["channels"] == [channel]
    mails = (await typing.router("tail", "inbound.email", "--from-start", "--until-end", "--json")).lines()
    [mail] = [line["value"] for line in mails if line["value"]["contact_id"] == contact_id]
    explained = await typing.router("explain", mail["contact"]["message_id"], "--json")
    assert explained.status == 0, explained.err
    assert json.loads(explained.out)["contact_id"] == mail["contact_id"]


async def test_an_absence_note_is_on_no_queue_and_explained(process: Process, typing: Terminal) -> None:
    who = f"{uuid4().hex}@example.com"
    head = f"From: {who}\r\nTo: help@example.com\r\nMessage-ID: <{uuid4()}@example.com>\r\n"
    note = f"{head}Auto-Submitted: auto-replied\r\nSubject: Out of office\r\n\r\nMy dog is dying. Back on Monday.\r\n"
    async with client(process) as gateway:
        absent = (await gateway.mail(note.encode(), who, "help@example.com")).split()[-1]
        written = f"{head}Subject: Bella\r\n\r\nMy dog ate chocolate and is shaking.\r\n"
        after = (await gateway.mail(written.encode(), who, "help@example.com")).split()[-1]
    incident = await typing.placed(after)
    assert incident["contact_ids"] == [after]
    explained = await typing.router("explain", absent)
    assert explained.status == 0, explained.err
    assert "kept out: auto-reply" in explained.out
    assert typing.seen.holding(absent) == []


async def test_a_delivery_that_could_not_be_read_is_explained_by_their_id(process: Process, typing: Terminal) -> None:
    theirs = str(uuid4())
    async with client(process) as gateway:
        answer = await gateway.postmark({"MessageID": theirs, "FromFull": ["no object"]})
    assert answer.status_code == 200
    explained = await typing.router("explain", theirs)
    assert explained.status == 0, explained.err
    assert "refused by gateway" in explained.out
    assert "FromFull" in explained.out


async def test_what_cannot_be_done_is_one_sentence(typing: Terminal) -> None:
    unknown, wrong, off, nowhere, mistyped = await asyncio.gather(
        typing.router("explain", "SM" + "0" * 32),
        typing.router("send", "sms", "hello", ROUTER_TWILIO_AUTH_TOKENS="another"),
        typing.router("send", "email", "hello", ROUTER_POSTMARK_BASIC_AUTH=""),
        typing.router("send", "sms", "hello", "--gateway", "http://127.0.0.1:9"),
        typing.router("tail", "emergency-vett"),
    )
    assert (unknown.status, unknown.out) == (1, "")
    assert "nothing is known of SM000" in unknown.err
    assert wrong.status == 2
    assert "(403)" in wrong.err
    assert off.status == 2
    assert "ROUTER_POSTMARK_BASIC_AUTH" in off.err
    assert nowhere.status == 2
    assert "no gateway answers at http://127.0.0.1:9" in nowhere.err
    assert mistyped.status == 2
    assert "emergency-vet" in mistyped.err
    for typed in (unknown, wrong, off, nowhere, mistyped):
        assert len(typed.err.splitlines()) == 1
        assert typed.err.startswith("router: ")
