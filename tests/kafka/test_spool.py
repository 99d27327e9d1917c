"""The gateway's spool, as a process on a real broker: what it acknowledged is in its topic, whatever is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, but for its types
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from router.gateway.producer import LARGEST_REQUEST
from router.gateway.spool import spooling
from router.play import twilio
from router.play.sender import Sender
from router.runtime.broker import Broker, answers
from tests.kafka.cluster import broker_on
from tests.kafka.gateways import serving, with_topics
from tests.kafka.platform import SECRETS, queues
from tests.kafka.spooled import Gateway, Writer, acknowledged, asleep, check, ran, somebody, told, write
from tests.kafka.test_up import router, up_on
from tests.kafka.upped import Up, upped
from tests.until import PATIENCE_S

SEIZURE = "My dog is having a seizure and can't breathe"
QUESTION = "How do I change the date of my booking?"
AT_ONCE = 8
"""Addresses that are drained beside each other."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with broker_on(tmp_path_factory.mktemp("own")) as broker:
        yield broker


@pytest.fixture
async def gateway(broker: Broker, tmp_path: Path) -> Gateway:
    await with_topics(broker.bootstrap)
    return Gateway(broker.bootstrap, tmp_path / "data")


async def test_what_was_taken_while_the_broker_slept_and_the_gateway_was_killed_is_all_told_in_order(
    broker: Broker, gateway: Gateway
) -> None:
    """Whoever may be in danger is among the first, though they wrote last."""
    writers, mailers, danger = [somebody() for _ in range(16)], [somebody() for _ in range(4)], somebody()
    words = [f"{QUESTION} ({n})" for n in range(4)]
    async with Sender(gateway.ports.url, gateway.ports.mail) as sender, gateway.running() as up:
        await up.ready()
        await write(sender, writers[0], "before")
        with asleep(broker.pid):
            writing = [
                *(asyncio.create_task(write(sender, each, *words)) for each in writers),
                *(asyncio.create_task(write(sender, each, *words, mails=True)) for each in mailers),
            ]
            await acknowledged([*writers, *mailers], 20)
            up.process.send_signal(signal.SIGKILL)
            await up.process.wait()
            async with gateway.running():
                await asyncio.gather(*writing)
                await write(sender, danger, SEIZURE, "please hurry")
                figures = await gateway.figures()
                assert figures["depth"] >= 4 * 20 + 2 - 20
                assert figures["oldest_seconds"] > 0
                assert "contacts wait on its disk, the oldest for" in await doctor_says(gateway)
                os.kill(broker.pid or 0, signal.SIGCONT)
                await gateway.until(depth=0)
                assert (await gateway.figures())["held"] == 0
    found = await check(gateway.kafka, "inbound.sms", [*writers, danger])
    await check(gateway.kafka, "inbound.email", mailers)
    assert len(found) >= 16 * 4 + 3
    first_told = found[danger.taken[0]].at
    assert sum(found[each.taken[-1]].at < first_told for each in writers) <= AT_ONCE


async def doctor_says(gateway: Gateway) -> str:
    env = {"KAFKA_BOOTSTRAP_SERVERS": gateway.kafka}
    _, out, _ = await router("doctor", "--data", str(gateway.data), "--gateway", gateway.ports.url, "--json", env=env)
    return next(str(each["says"]) for each in json.loads(out)["checks"] if each["check"] == "spool")


async def test_a_gateway_that_is_killed_while_it_drains_loses_nothing(broker: Broker, gateway: Gateway) -> None:
    """What it had told and not yet noted is told again, under its id."""
    writers: list[Writer] = []
    async with Sender(gateway.ports.url, gateway.ports.mail) as sender:
        for _ in range(5):  # until it was killed with something left
            async with gateway.running() as up:
                new = [somebody() for _ in range(20)]
                writers += new
                with asleep(broker.pid):
                    await asyncio.gather(*(write(sender, each, *map(str, range(10))) for each in new))
                    depth = await asyncio.to_thread(gateway.rows)
                assert depth > 0
                while await asyncio.to_thread(gateway.rows) >= depth:
                    pass  # each look reads the disk
                up.process.send_signal(signal.SIGKILL)
                await up.process.wait()
            if await asyncio.to_thread(gateway.rows):
                break
        else:
            pytest.fail("it was never killed in time")
        async with gateway.running():
            await gateway.until(depth=0)
    await check(gateway.kafka, "inbound.sms", writers)


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[None]:
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything runs
    if not await ran("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)):
        pytest.skip("a small disk is a tmpfs, which only root may mount")
    try:
        yield
    finally:
        await ran("umount", "-l", str(folder))


async def test_a_full_disk_refuses_and_once_there_is_room_it_takes_again(broker: Broker, gateway: Gateway) -> None:
    ann, ben = somebody(), somebody()
    folder = gateway.data / "spool"
    async with small_disk(folder), gateway.running() as up, Sender(gateway.ports.url, gateway.ports.mail) as sender:
        await up.ready()
        with asleep(broker.pid):
            await write(sender, ann, "there is room")
            with (folder / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
                while ballast.write(bytes(4096)):
                    pass
            assert (await sender.send(ann.text("x" * 1500, gateway.ports.url))).status == 503
            assert (await sender.send(ben.mail("y" * 1500)[0])).status == 451
            await gateway.until(works=0)
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.get(f"{gateway.ports.url}/readyz")).status_code == 503
            (folder / "ballast").unlink()
            await gateway.until(works=1)
            await write(sender, ann, "there is room again")
            await write(sender, ben, "there is room again", mails=True)
        await gateway.until(depth=0)
    await check(gateway.kafka, "inbound.sms", [ann])
    await check(gateway.kafka, "inbound.email", [ben])


async def largest(kafka: str, topic: str, size: int) -> None:
    """Sets a topic's largest record, in bytes."""
    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    wanted = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
    for future in admin.incremental_alter_configs([wanted]).values():
        await asyncio.to_thread(future.result, PATIENCE_S)


async def test_what_a_topic_takes_no_longer_is_held_until_it_does_and_holds_nobody_up(
    broker: Broker, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a gateway that found its spool damaged."""
    monkeypatch.setattr(spooling, "HELD_AGAIN_S", 0.1)
    (gateway.data / "spool").mkdir(parents=True)
    (gateway.data / "spool" / "spool.db").write_bytes(b"rubbish" * 1000)
    kafka, ann, ben = gateway.kafka, somebody(), somebody()
    await largest(kafka, "inbound.sms", 5000)
    try:
        async with serving(kafka, gateway.data) as served, Sender(served.url) as sender:
            gateway.ports = replace(gateway.ports, http=int(served.url.rpartition(":")[2]))
            await served.ready()
            with asleep(broker.pid):
                for words in (QUESTION, "x" * 8000, "one more thing"):
                    sample = twilio.text(ann.who, words, served.keys, ann.rng)
                    await ann.send(sender, sample, sample.contact_id)
            await gateway.until(depth=0, held=1, broken=1)
            sample = twilio.text(ben.who, QUESTION, served.keys, ben.rng)
            await ben.send(sender, sample, sample.contact_id)
            first, large, last = ann.taken
            found = [each.contact for each in await told(kafka, "inbound.sms")]
            assert [each for each in found if each in ann.taken] == [first, last]
            assert ben.taken[0] in found
            await largest(kafka, "inbound.sms", LARGEST_REQUEST)
            await gateway.until(held=0)
            found = [each.contact for each in await told(kafka, "inbound.sms")]
            assert [each for each in found if each in ann.taken] == [first, last, large]
    finally:
        await largest(kafka, "inbound.sms", LARGEST_REQUEST)


async def test_with_its_kafka_killed_up_takes_contacts_and_they_reach_their_queues(tmp_path: Path) -> None:
    """They wait since they came."""
    data = tmp_path / "data"
    async with upped(data, *up_on(data), env=SECRETS) as up:
        line = await up.ready()
        os.kill(kafka_of(up), signal.SIGKILL)
        writers = [somebody() for _ in range(6)]
        async with Sender(line["gateway"]) as sender:
            await asyncio.gather(*(write(sender, each, SEIZURE) for each in writers))
        async with asyncio.timeout(PATIENCE_S):
            await answers(line["kafka"])
        async with queues(line["kafka"]) as seen:
            await seen.until(lambda: all(seen.holding(each.taken[0]) for each in writers))
        spooled = [each for each in await told(line["kafka"], "inbound.sms") if "ce_spooled" in each.head]
        assert spooled
        for each in spooled:
            (incident,) = seen.holding(each.contact)
            assert datetime.fromisoformat(incident["waiting_since"]) == datetime.fromisoformat(each.head["ce_time"])
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0


def kafka_of(up: Up) -> int:
    for pid in up.processes():
        if b"kafka.Kafka" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            return pid
    raise LookupError("kafka")
