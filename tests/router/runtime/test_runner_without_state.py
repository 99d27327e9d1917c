"""A stage without state passes on at once what it has made, and commits a place only behind the acknowledgement."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.model.cloudevents import Message
from router.runtime import runner
from router.runtime.cap import TooManyDeadLetters
from router.runtime.ports import LogBroken, Slot
from router.runtime.runner import LONG
from router.stages.contract import Record
from tests.router.runtime.counting import letter, log_with, until
from tests.router.runtime.memory_log import START, MemoryCluster, MemoryLog, MemoryWriter
from tests.router.runtime.passing import Passed, Passer

LETTERS = Slot("letters", 0)
PASSED = Slot("passed", 0)
PLACE = ("passing", LETTERS)

Held = Callable[[], Awaitable[object]]


@dataclass
class HeldWriter(MemoryWriter):
    """held: what each write waits for."""

    held: Held

    async def append(self, messages: Sequence[Message]) -> None:
        await self.held()
        await super().append(messages)


@dataclass
class HeldCluster(MemoryCluster):
    held: Held = field(kw_only=True)

    async def writer(self) -> HeldWriter:
        return HeldWriter(self.log, self.held)


def passer(log: MemoryLog) -> Passer:
    return Passer(MemoryCluster(log, frozenset({LETTERS})))


def passed(log: MemoryLog) -> list[Passed]:
    return [Passed.model_validate_json(record.value or b"") for record in log.slots[PASSED]]


@pytest.mark.parametrize("long", ["", "d" * LONG, "d" * (LONG + 1)], ids=["none", "as long as may be", "long"])
async def test_each_is_passed_on_in_order_and_the_place_is_kept_at_the_end(long: str) -> None:
    log = log_with(["a", long or "b", "?", "c"])
    async with passer(log).running():
        await until(lambda: len(passed(log)) == 3)
    assert [each.letter for each in passed(log)] == ["a", long or "b", "c"]
    assert [record.value for record in log.slots[Slot("passing.dlq", 0)]] == [b"?"]
    assert log.offsets[PLACE] == 4


async def test_what_takes_long_to_read_is_stepped_beside_the_loop_and_a_message_on_it() -> None:
    short, long = "a" * LONG, "a" * (LONG + 1)
    log = log_with([short, long])
    log.append(Message("letters", b"", None, (), 0))
    async with passer(log).running() as one:
        await until(lambda: len(passed(log)) == 3)
    assert one.stage.threads[short] is one.stage.threads[""] is threading.current_thread()
    assert one.stage.threads[long] is not threading.current_thread()


async def test_while_an_acknowledgement_is_missing_the_next_are_stepped_and_no_place_is_committed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "COMMIT_SECONDS", 0.01)
    log = log_with("ab")
    held = asyncio.Event()
    here = Passer(HeldCluster(log, frozenset({LETTERS}), held=held.wait))
    built = here.build()
    running = asyncio.create_task(built.run(here.stop))
    await until(lambda: built._restored.get(LETTERS) == 2)
    log.append(letter("c"))
    await until(lambda: built._restored.get(LETTERS) == 3)
    assert passed(log) == []
    assert log.offsets == {}
    held.set()
    await until(lambda: log.offsets.get(PLACE) == 3)
    assert [each.letter for each in passed(log)] == ["a", "b", "c"]
    here.stop.set()
    await running


@settings(max_examples=25, deadline=None)
@given(
    text=st.text("abc", min_size=1, max_size=12),
    failures=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=4),
)
def test_whatever_write_fails_and_whether_or_not_it_lands_each_is_passed_on(
    text: str, failures: list[tuple[int, bool]]
) -> None:
    async def scenario() -> None:
        log = log_with(text)
        for after, lands in failures:
            log.fail_after, log.lands = after, lands
            one = passer(log)
            running = asyncio.create_task(one.build().run(one.stop))
            with suppress(TimeoutError):
                await until(lambda: log.fail_after == 0 or len({each.offset for each in passed(log)}) == len(text), 2)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            there = {each.offset for each in passed(log)}
            assert set(range(log.offsets.get(PLACE, 0))) <= there, "a place was kept, and not all before it passed on"
        log.fail_after = None
        async with passer(log).running():
            await until(lambda: {each.offset for each in passed(log)} == set(range(len(text))))

    asyncio.run(scenario())


async def test_a_bad_deploy_stops_though_its_dead_letters_are_slow_to_be_acknowledged() -> None:
    log = log_with("?" * 300)

    async def held() -> None:
        for _ in range(100):
            await asyncio.sleep(0)

    cluster = HeldCluster(log, frozenset({LETTERS}), held=held)
    one = Passer(cluster)
    built = one.build()
    cluster.members[-1].max_records = 200
    with pytest.raises(TooManyDeadLetters, match="stage passing refuses its records"):
        await built.run(one.stop)
    assert len(log.slots[Slot("passing.dlq", 0)]) <= 100


async def test_a_hole_in_the_log_stops_the_stage_with_its_place() -> None:
    log = log_with("ab")
    gone = log.slots[LETTERS][1]
    log.slots[LETTERS][1] = Record(gone.topic, 0, 5, gone.key, gone.value, (), START)
    one = passer(log)
    with pytest.raises(LogBroken, match=r"letters/0: 1 comes next, but the log goes on at 5"):
        await one.build().run(one.stop)
