"""Dead letters on a real broker: refused once, listed, shown, resubmitted, dropped; and a bad deploy stops."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from typer.testing import CliRunner, Result

from channels.contact import Address, AddressKind, Contact, Medium
from router import deployment
from router.cli.main import build
from router.model import dead_letters, retries
from router.model.cloudevents import Message
from router.model.events import ContactScored, DeadLetter
from router.model.letters import ACTIONS
from router.play import postmark
from router.play.people import someone
from router.runtime import topics
from router.runtime.cap import TooManyDeadLetters
from router.runtime.kafka import KafkaCluster
from router.runtime.meters import Meters
from router.runtime.worker import serve
from router.stages.contract import Record
from tests.kafka.cluster import topics_named
from tests.kafka.counting_worker import worker as counting_worker
from tests.kafka.gateways import all_of, headers, producing, serving, with_topics, write
from tests.kafka.numbers import phone
from tests.kafka.platform import Queues, queues
from tests.router.stages.situations import NOON, received
from tests.until import PATIENCE_S

RANDOM = random.Random(11)
TEXT = "My dog ate a whole bar of dark chocolate"


@pytest.fixture
async def broker(own_kafka: str) -> str:
    """With every topic, and no letter on them that counts for another test."""
    await with_topics(own_kafka)
    return own_kafka


@asynccontextmanager
async def working(kafka: str) -> AsyncIterator[None]:
    """A worker in this process, with its partitions."""
    ready, stop = asyncio.Event(), asyncio.Event()
    cluster = KafkaCluster(kafka, f"worker-{uuid4().hex[:6]}")
    wanted = topics.load()
    task = asyncio.create_task(
        serve(deployment.load(None), wanted, cluster, Meters(), ready=ready.set, stop=stop), name="worker"
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            await ready.wait()
        yield
    finally:
        stop.set()
        await task


async def dlq(kafka: str, *arguments: str) -> Result:
    """The command, in a thread, since it has a loop of its own."""
    environment = {"KAFKA_BOOTSTRAP_SERVERS": kafka}
    return await asyncio.to_thread(lambda: CliRunner().invoke(build(), ["dlq", *arguments], env=environment))


async def listed(kafka: str, *options: str) -> list[dict[str, Any]]:
    result = await dlq(kafka, "list", "--json", *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


async def letters_on(kafka: str, topic: str, key: bytes, count: int) -> list[dict[str, Any]]:
    """Those of one key, once there are so many."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = [each for each in await all_of(kafka, topic) if each.key == key]
            if len(found) >= count:
                return [{"id": f"{topic}/0/{each.offset}", "value": each.value, **headers(each)} for each in found]
            await asyncio.sleep(0.05)


def named(name: str) -> Record:
    """A contact as the gateway writes it, of an address of its own."""
    contact = Contact(
        provider="test",
        provider_id=name,
        delivery=name,
        medium=Medium.SMS,
        sender=Address(kind=AddressKind.PHONE, value=phone()),
        text=TEXT,
        happened_at=NOON,
    )
    return received(name, contact=contact)


def as_letter(record: Record, stage: str, topic: str) -> Message:
    """What the stage would have written of a good record while its code was wrong."""
    why = DeadLetter(stage=stage, reason="raised KeyError at step:1", topic=topic, partition=0, offset=1, at=NOON)
    return dead_letters.message(why, record.key, record.value, record.headers)


async def put(kafka: str, *messages: Message) -> list[str]:
    """Names of the letters."""
    async with producing(kafka) as producer:
        places = [await write(producer, message) for message in messages]
    return [f"{message.topic}/{part}/{offset}" for message, (part, offset) in zip(messages, places, strict=True)]


def subjects(seen: Queues, contact_id: str) -> int:
    """How many incidents hold the contact, and how often each names it."""
    return sum(value["contact_ids"].count(contact_id) for value in seen.holding(contact_id))


async def test_a_poison_record_is_dead_lettered_once_the_line_goes_on_and_it_can_be_seen_and_settled(
    broker: str,
) -> None:
    key, good = f"poison-{uuid4().hex[:6]}".encode(), named(uuid4().hex)
    poison = Message("inbound.sms", key, b'{"contact_id": "private words"}', good.headers, 0)
    async with queues(broker) as seen, working(broker):
        await put(broker, poison, Message("inbound.sms", good.key or b"", good.value, good.headers, 0))
        contact = (good.header("ce_subject")) or ""
        await seen.until(lambda: subjects(seen, contact) == 1)
        (first,) = await letters_on(broker, "intake.dlq", key, 1)
        (line,) = [each for each in await listed(broker, "--stage", "intake") if each["id"] == first["id"]]
        assert (line["state"], line["tries"], line["topic"], line["partition"]) == ("open", 1, "inbound.sms", 0)
        hidden = (await dlq(broker, "show", first["id"])).output
        assert "malformed" in hidden
        assert "private words" not in hidden
        assert "private words" in (await dlq(broker, "show", first["id"], "--reveal")).output
        done = await dlq(broker, "resubmit", first["id"], "--why", "a try", "--by", "ann")
        assert done.exit_code == 0, done.output
        second = (await letters_on(broker, "intake.dlq", key, 2))[1]
    assert second["value"] == first["value"]
    assert (second["dlq_tries"], second["dlq_offset"], second["ce_type"]) == (
        "2",
        first["dlq_offset"],
        first["ce_type"],
    )
    assert (await dlq(broker, "drop", second["id"], "--why", "never was a contact")).exit_code == 0
    told = {each["id"]: each for each in await listed(broker, "--all")}
    assert (told[first["id"]]["state"], told[second["id"]]["state"]) == ("resubmitted", "dropped")
    assert told[first["id"]]["settled"]["by"] == "ann"
    assert told[first["id"]]["settled"]["why"] == "a try"
    assert not {first["id"], second["id"]} & {each["id"] for each in await listed(broker)}
    assert "resubmitted already" in (await dlq(broker, "resubmit", first["id"], "--why", "again")).output


async def test_what_is_resubmitted_twice_after_a_fix_is_one_contact_in_one_incident(broker: str) -> None:
    by_intake, by_pool = named(uuid4().hex), named(uuid4().hex)
    async with queues(broker) as seen, working(broker):
        # What intake makes of the second, which the pool then refused.
        await put(broker, as_letter(by_intake, "intake", "inbound.sms"))
        names = [each["id"] for each in await listed(broker, "--stage", "intake")]
        assert names
        for _ in range(2):
            result = await dlq(broker, "resubmit", *names, "--why", "fixed", "--again")
            assert result.exit_code == 0, result.output
        contact = by_intake.header("ce_subject") or ""
        await seen.until(lambda: subjects(seen, contact) == 1)
        (scored, _) = await until_scored(broker, contact, 2)
        assert ContactScored.model_validate_json(scored.value or b"").inbound.topic == "inbound.sms"

        event = ContactScored.model_validate_json(scored.value or b"")
        other = by_pool.header("ce_subject") or ""
        value = event.model_copy(update={"contact_id": other}).model_dump_json().encode()
        kept = tuple(
            (name, content if name not in ("ce_id", "ce_subject") else f"test:{other}".encode())
            for name, content in scored.headers
        )
        letter = as_letter(Record("pool", 0, 1, b"petcare", value, kept, NOON), "pool", "pool")
        (name,) = await put(broker, letter)
        for _ in range(2):
            result = await dlq(broker, "resubmit", name, "--why", "fixed", "--again")
            assert result.exit_code == 0, result.output
        await seen.until(lambda: subjects(seen, other) == 1)
        after = named(uuid4().hex)
        await put(broker, Message("inbound.sms", after.key or b"", after.value, after.headers, 0))
        await seen.until(lambda: subjects(seen, after.header("ce_subject") or "") == 1)
        assert (subjects(seen, contact), subjects(seen, other)) == (1, 1)
    again = [each for each in await all_of(broker, "pool") if headers(each)["ce_type"] == retries.RETRIED]
    assert [each.value for each in again] == [value, value]


async def until_scored(kafka: str, contact: str, count: int) -> Sequence[Any]:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = [each for each in await all_of(kafka, "pool") if headers(each).get("ce_subject") == contact]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)


async def test_a_command_of_long_ago_is_never_given_again(broker: str) -> None:
    claim = Record("pool", 0, 1, b"petcare", b"{}", (("ce_type", b"command.claim"),), NOON)
    (name,) = await put(broker, as_letter(claim, "pool", "pool"))
    before = len(await all_of(broker, "pool"))
    result = await dlq(broker, "resubmit", name, "--why", "fixed")
    assert result.exit_code != 0
    assert "command.claim spoke of a moment that has passed" in result.output
    assert len(await all_of(broker, "pool")) == before
    assert (await dlq(broker, "drop", name, "--why", "too late")).exit_code == 0


async def test_a_delivery_that_a_fixed_channel_can_read_becomes_its_contact_once(broker: str, tmp_path: Path) -> None:
    async with serving(broker, tmp_path) as gateway:
        await gateway.ready()
        body = f'{{"FromFull": {RANDOM.randrange(10**9)}}}'.encode()
        assert (await gateway.http.post(postmark.PATH, content=body, auth=("user", "password"))).status_code == 200
        (refused,) = [each for each in await all_of(broker, "gateway.dlq") if each.value == body]
        ann = someone(RANDOM)
        sample = postmark.email(ann, "Help", "my dog", gateway.keys, RANDOM, at=NOON)
        # The same letter, but with a body that today's channel can read: as if it had been mended since.
        letter = Message("gateway.dlq", refused.key, sample.body, tuple(refused.headers))
        (name,) = await put(broker, letter)
        for _ in range(2):
            result = await dlq(broker, "resubmit", name, "--why", "fixed", "--again")
            assert result.exit_code == 0, result.output
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = [
                    each
                    for each in await all_of(broker, "inbound.email")
                    if headers(each)["ce_subject"] == sample.contact_id
                ]
                if len(found) == 2:
                    break
                await asyncio.sleep(0.05)
        assert len({headers(each)["ce_id"] for each in found}) == 1
        assert headers(found[0])["ce_time"] == dict(refused.headers)["ce_time"].decode()


async def test_a_bad_deploy_stops_at_the_cap_and_no_restart_drains_any_further(broker: str) -> None:
    suffix = uuid4().hex[:10]
    compacted = {f"counting-{suffix}.changelog": {"max.message.bytes": 9437184}, f"counts-{suffix}": {}}
    await topics_named(broker, {f"letters-{suffix}": {}, f"counting-{suffix}.dlq": {}}, compacted)

    async def send(producer: AIOKafkaProducer, letters: str) -> None:
        for each in letters:
            await producer.send(f"letters-{suffix}", each.encode(), each.encode(), 0)
        await producer.flush()

    async def refused() -> int:
        return len(await all_of(broker, f"counting-{suffix}.dlq"))

    async with producing(broker) as producer:
        await send(producer, "!" * 60)
        first = counting_worker(broker, suffix, "one")
        async with first.running():
            async with asyncio.timeout(PATIENCE_S):
                while await refused() < 60:  # noqa: ASYNC110 - on the broker
                    await asyncio.sleep(0.05)
        await send(producer, "!" * 250)
        for name in ("two", "three"):
            bad = counting_worker(broker, suffix, name)
            with pytest.raises(TooManyDeadLetters, match="raised ZeroDivisionError"):
                await asyncio.wait_for(bad.build().run(bad.stop), PATIENCE_S)
        assert 60 <= await refused() <= 100


async def test_a_stage_that_was_resumed_may_refuse_more_and_it_is_written_down_who_said_so(broker: str) -> None:
    result = await dlq(broker, "resume", "intake", "--allow", "7", "--why", "a gateway wrote nonsense", "--by", "ann")
    assert result.exit_code == 0, result.output
    last = (await all_of(broker, ACTIONS))[-1]
    told = json.loads(last.value)
    assert (headers(last)["ce_type"], told["stage"], told["allowed"]) == ("stage.resumed", "intake", 7)
    assert (told["by"], told["after"]) == ("ann", len(await all_of(broker, "intake.dlq")))
    assert (await dlq(broker, "resume", "gateway", "--why", "x")).exit_code != 0


async def test_nothing_is_settled_for_want_of_an_option_and_an_unknown_letter_is_told(broker: str) -> None:
    for arguments in (["drop"], ["resubmit"], ["drop", "intake/1", "--stage", "pool"], ["show", "intake/999999"]):
        why = [] if arguments[0] == "show" else ["--why", "x"]
        result = await dlq(broker, *arguments, *why)
        assert result.exit_code != 0
        assert isinstance(result.exception, Exception)


async def test_a_worker_that_refuses_too_much_ends_with_79_says_what_to_do_and_ends_so_again(
    broker: str, tmp_path: Path
) -> None:
    """Last here: what it leaves on the log stops every worker."""
    good = named(uuid4().hex)
    await put(broker, *(Message("inbound.sms", b"bad", b"{}", good.headers, 1) for _ in range(250)))
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": broker}
    for _ in range(2):
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "router", "worker", "--data", str(tmp_path)),
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE_S):
            _, said = await worker.communicate()
        assert worker.returncode == 79
        assert b"stage intake refuses its records: malformed" in said
        assert b"router dlq list --stage intake" in said
    assert len([each for each in await all_of(broker, "intake.dlq") if each.key == b"bad"]) <= 107
