"""A stage without state passes on at once what it has made, and commits a place only behind the acknowledgement."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.runtime import runner
from router.runtime.cap import TooManyDeadLetters
from router.runtime.ports import LogBroken, Slot
from router.stages.contract import Record
from tests.router.runtime.counting import letter, until
from tests.router.runtime.memory_log import START, MemoryCluster, MemoryLog
from tests.router.runtime.passing import Passed, Passer, Passing

LETTERS = Slot("letters", 0)
PASSED = Slot("passed", 0)
PLACE = ("passing", LETTERS)


def log_with(text: str) -> MemoryLog:
    log = MemoryLog()
    for each in text:
        log.append(letter(each))
    return log


def passer(log: MemoryLog, *, takes_long: bool = False) -> Passer:
    return Passer(MemoryCluster(log, frozenset({LETTERS})), Passing(takes_long=takes_long))


def passed(log: MemoryLog) -> list[Passed]:
    return [Passed.model_validate_json(record.value or b"") for record in log.slots[PASSED]]


@pytest.mark.parametrize("takes_long", [False, True])
async def test_each_is_passed_on_in_order_and_the_place_is_kept_at_the_end(takes_long: bool) -> None:
    log = log_with("ab?c")
    async with passer(log, takes_long=takes_long).running():
        await until(lambda: len(passed(log)) == 3)
    assert [each.letter for each in passed(log)] == ["a", "b", "c"]
    assert [record.value for record in log.slots[Slot("passing.dlq", 0)]] == [b"?"]
    assert log.offsets[PLACE] == 4


async def test_while_an_acknowledgement_is_missing_the_next_are_stepped_and_no_place_is_committed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "COMMIT_SECONDS", 0.01)
    log = log_with("ab")
    here = passer(log)
    writer = await here.cluster.writer()
    held = asyncio.Event()
    real = writer.append

    async def append(messages: object) -> None:
        await held.wait()
        await real(messages)  # type: ignore[arg-type]

    writer.append = append  # type: ignore[method-assign]

    async def same() -> object:
        return writer

    here.cluster.writer = same  # type: ignore[assignment, method-assign]
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
    one = passer(log)
    built = one.build()
    member = one.cluster.members[-1]  # type: ignore[attr-defined]  # a cluster in memory
    member.max_records = 200
    writer = await one.cluster.writer()
    real = writer.append

    async def append(messages: object) -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        await real(messages)  # type: ignore[arg-type]

    writer.append = append  # type: ignore[method-assign]

    async def same() -> object:
        return writer

    one.cluster.writer = same  # type: ignore[assignment, method-assign]
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
