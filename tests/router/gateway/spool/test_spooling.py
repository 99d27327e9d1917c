from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.gateway.log import TooLarge, Unavailable
from router.gateway.spool import folder_lock, spooling
from router.gateway.spool import spool as spools
from router.gateway.spool.folder_lock import SpoolTaken
from router.gateway.spool.rows import SpoolFull
from router.gateway.spool.spool import Spool
from router.gateway.spool.spooling import AT_ONCE, SpoolingLog
from router.model.cloudevents import SPOOLED, Message
from tests.until import until


class Flaky:
    """A broker that comes and goes. told: what it has, in order; late: what it takes without saying so.

    largest: bytes of a value that it takes. most: appends that were under way at once. tried: how often one was.
    """

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.told: list[Message] = []
        self.random = Random(1)
        self.late = False
        self.largest = 10**9
        self.under_way = self.most = self.tried = 0

    @property
    def ready(self) -> bool:
        return self.up.is_set()

    async def connected(self) -> None:
        await self.up.wait()

    async def append(self, message: Message) -> None:
        self.tried += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        if len(message.value or b"") > self.largest:
            raise TooLarge
        if not self.ready:
            if self.late:
                self.told.append(message)
            raise Unavailable
        self.told.append(message)


def sms(address: bytes, number: int) -> Message:
    return Message("inbound.sms", address, b"%d" % number, (("ce_id", b"%d" % number),))


def firsts(broker: Flaky, address: bytes) -> list[int]:
    """Without twins, as the pool sees it."""
    return list(dict.fromkeys(int(each.value or b"") for each in broker.told if each.key == address))


async def opened(folder: Path, most: int = 10**9) -> tuple[Flaky, Spool, SpoolingLog]:
    broker, spool = Flaky(), Spool(folder, most)
    await spool.open()
    log = SpoolingLog(broker, spool)
    log.start()
    return broker, spool, log


async def empty(spool: Spool) -> None:
    async with asyncio.timeout(20):
        while spool.backlog.lines or spool.size:  # noqa: ASYNC110 - the spool's own tasks
            await asyncio.sleep(0.01)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["a", "b", "up", "down", "late", "kill"]), max_size=30))
async def test_whatever_comes_between_each_address_is_told_in_order_and_nothing_is_missing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    broker, spool, log = await opened(folder)
    taken: dict[bytes, list[int]] = {b"a": [], b"b": []}
    for number, step in enumerate(steps):
        if step in ("a", "b"):
            await log.append(sms(step.encode(), number))
            taken[step.encode()].append(number)
        elif step == "kill":
            await log.stop()
            told, broker_up = broker.told, broker.ready
            broker, spool, log = await opened(folder)
            broker.told = told
            if broker_up:
                broker.up.set()
        else:
            broker.late = step == "late"
            (broker.up.set if step == "up" else broker.up.clear)()
    broker.up.set()
    await empty(spool)
    await log.stop()
    assert {address: firsts(broker, address) for address in taken} == taken


async def test_who_may_be_in_danger_is_told_first_and_what_waited_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "urgent", lambda message: message.value == b"3")
    broker, spool, log = await opened(tmp_path / "spool")
    for number, address in enumerate((b"a", b"b", b"c", b"b")):
        await log.append(sms(address, number))
    broker.up.set()
    await empty(spool)
    await log.stop()
    assert broker.told[0].value == b"1"
    assert firsts(broker, b"b") == [1, 3]
    assert all(SPOOLED in dict(each.headers) for each in broker.told)


async def test_a_full_spool_refuses_and_what_it_holds_is_still_told(tmp_path: Path) -> None:
    broker, spool, log = await opened(tmp_path / "spool", most=500)
    await log.append(sms(b"a", 1))
    await log.append(sms(b"a", 2))
    with pytest.raises(SpoolFull):
        await log.append(sms(b"a", 3))
    broker.up.set()
    await empty(spool)
    await log.append(sms(b"a", 4))
    await log.stop()
    assert firsts(broker, b"a") == [1, 2, 4]


async def test_a_second_gateway_is_refused_the_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_lock, "LOCK_S", 0.0)
    _, _, log = await opened(tmp_path / "spool")
    with pytest.raises(SpoolTaken, match="data folder of its own"):
        await Spool(tmp_path / "spool", 10).open()
    await log.stop()


async def test_a_send_that_was_given_up_is_told_once_more_under_its_id_and_the_same_value(tmp_path: Path) -> None:
    broker, spool, log = await opened(tmp_path / "spool")
    broker.up.set()
    broker.late = True
    appending = asyncio.create_task(log.append(sms(b"a", 1)))
    await asyncio.sleep(0)
    broker.up.clear()
    await appending
    assert [each.headers for each in broker.told] == [sms(b"a", 1).headers]
    broker.up.set()
    await empty(spool)
    await log.stop()
    first, twin = broker.told
    assert (twin.topic, twin.key, twin.value, dict(twin.headers)["ce_id"]) == (
        first.topic,
        first.key,
        first.value,
        dict(first.headers)["ce_id"],
    )


async def test_what_becomes_too_large_for_its_topic_is_held_and_those_behind_it_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooling, "HELD_AGAIN_S", 0.01)
    broker, spool, log = await opened(tmp_path / "spool")
    for number in (1, 1000, 2, 2000, 3):
        await log.append(sms(b"a", number))
    broker.largest = 3
    broker.up.set()
    await until(lambda: broker.told[2:] != [])
    assert firsts(broker, b"a") == [1, 2, 3]
    assert (spool.held, spool.backlog.depth) == (2, 0)
    await log.append(sms(b"a", 4))
    assert firsts(broker, b"a") == [1, 2, 3, 4]

    await log.stop()
    told, broker_was = broker.told, broker
    broker, spool, log = await opened(tmp_path / "spool")
    assert spool.held == 2
    broker.told, broker.largest = told, broker_was.largest
    broker.up.set()
    await until(lambda: broker.tried > 3)
    assert spool.held == 2
    broker.largest = 10**9
    await until(lambda: not spool.held)
    await empty(spool)
    await log.stop()
    assert firsts(broker, b"a")[:4] == [1, 2, 3, 4]
    assert set(firsts(broker, b"a")[4:]) == {1000, 2000}


async def test_what_is_held_is_tried_one_at_a_time_and_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooling, "HELD_AGAIN_S", 0.01)
    broker, spool, log = await opened(tmp_path / "spool")
    for number in (1000, 2000, 30):
        await log.append(sms(b"%d" % number, number))
    broker.largest = 1
    broker.up.set()
    await until(lambda: spool.held == 3)
    broker.largest = 2
    await until(lambda: spool.held == 2)
    assert [each.value for each in broker.told] == [b"30"]
    await log.stop()


async def test_however_much_waits_the_broker_has_few_sends_under_way(tmp_path: Path) -> None:
    broker, spool, log = await opened(tmp_path / "spool")
    await asyncio.gather(*(log.append(sms(b"%d" % (number % 100), number)) for number in range(500)))
    assert spool.backlog.depth == 500
    broker.up.set()
    await empty(spool)
    await log.stop()
    assert 1 < broker.most <= AT_ONCE
    assert len(broker.told) == 500
