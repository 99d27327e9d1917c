"""The runner's promises on a log in memory, with a crash or a failure at any write."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.model.cloudevents import Message
from router.model.dead_letters import letter_of
from router.runtime import runner
from router.runtime.cap import TooManyDeadLetters
from router.runtime.ports import LogBroken, Slot
from router.stages.contract import Record
from tests.router.runtime.counting import Worker, letter, log_with, read_counts, until
from tests.router.runtime.memory_log import START, MemoryCluster, MemoryLog, MemoryReader
from tests.until import PATIENCE_S

LETTERS = Slot("letters", 0)
COUNTS = Slot("counts", 0)
CHANGES = Slot("counting.changelog", 0)


def cluster(log: MemoryLog) -> MemoryCluster:
    return MemoryCluster(log, frozenset({LETTERS}))


def told(log: MemoryLog) -> dict[str, int]:
    return read_counts(log.slots[COUNTS])


async def test_what_was_there_before_and_what_comes_later_is_counted_once() -> None:
    log = log_with("abca")
    async with Worker(cluster(log), "one").running():
        log.append(letter("b"))
        await until(lambda: told(log) == {"a": 2, "b": 2, "c": 1})


async def test_a_commit_that_fails_is_tried_again_though_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "COMMIT_SECONDS", 0.01)
    log = log_with("ab")
    log.commits_fail = 3
    async with Worker(cluster(log), "one").running():
        await until(lambda: log.offsets.get(("counting", LETTERS)) == 2)
    assert log.commits_fail == 0


async def test_a_restarted_worker_goes_on_where_the_state_stands() -> None:
    log = log_with("ab")
    async with Worker(cluster(log), "one").running():
        await until(lambda: told(log) == {"a": 1, "b": 1})
    log.append(letter("a"))
    async with Worker(cluster(log), "two").running():
        await until(lambda: told(log) == {"a": 2, "b": 1})
    assert len(log.slots[COUNTS]) == 3


@dataclass
class Vanishing(MemoryCluster):
    """A broker that goes away when a worker has just asked it where its topics end."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def reader(self, slots: Collection[Slot], starts: Mapping[Slot, int] | None = None) -> MemoryReader:
        found = super().reader(slots, starts)

        async def ends() -> Mapping[Slot, int]:
            self.asked.set()
            return dict.fromkeys(slots, 7)

        found.ends = ends  # type: ignore[method-assign]
        return found


async def test_a_worker_that_waits_for_its_state_stops_even_if_the_broker_never_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "LAST_TURN_SECONDS", 0.01)
    gone = Vanishing(log_with("ab"), frozenset({LETTERS}))
    worker = Worker(gone, "one")
    running = asyncio.create_task(worker.build().run(worker.stop))
    async with asyncio.timeout(PATIENCE_S):
        await gone.asked.wait()
        worker.stop.set()
        await running
    assert not worker.ready.is_set()


@settings(max_examples=20, deadline=None)
@given(
    text=st.text("abc", min_size=1, max_size=12),
    failures=st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=4),
)
def test_whatever_write_fails_and_whether_or_not_it_lands_each_is_counted_once(
    text: str, failures: list[tuple[int, bool]]
) -> None:
    async def scenario() -> None:
        log = log_with(text)
        for number, (after, lands) in enumerate(failures):
            log.fail_after, log.lands = after, lands
            worker = Worker(cluster(log), f"w{number}")
            running = asyncio.create_task(worker.build().run(worker.stop))
            with suppress(TimeoutError):
                await until(lambda: log.fail_after == 0 or told(log) == Counter(text), 2)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await worker.progress.close()
        log.fail_after = None
        last = Worker(cluster(log), "last")
        async with last.running():
            await until(lambda: last.ready.is_set() and told(log) == Counter(text) and last.counts() == Counter(text))
        said = {(record.key, record.value) for record in log.slots[COUNTS]}
        for each, count in Counter(text).items():
            assert {(each.encode(), b'{"count":%d}' % number) for number in range(1, count + 1)} <= said

    asyncio.run(scenario())


async def test_a_write_that_failed_and_landed_is_harmless_after_the_new_fence() -> None:
    log = log_with("")
    worker = Worker(cluster(log), "one")
    async with worker.running():
        await until(worker.ready.is_set)
        log.fail_after, log.lands = 1, True
        log.append(letter("a"))
        await until(lambda: log.fail_after == 0 and len(log.slots[CHANGES]) > 2)
        log.fail_after = None
        log.append(letter("a"))
        await until(lambda: told(log) == {"a": 2} and worker.counts() == {"a": 2})


async def test_of_two_workers_with_one_slot_the_later_owns_it_and_the_first_stops() -> None:
    log = log_with("a")
    first, second = Worker(cluster(log), "one"), Worker(cluster(log), "two")
    async with first.running():
        await until(lambda: told(log) == {"a": 1})
        async with second.running():
            await until(second.ready.is_set)
            await until(lambda: first.runner._restored == {})
            log.append(letter("a"))
            await until(lambda: told(log) == {"a": 2} and second.counts() == {"a": 2})


def stale(message: Message, epoch: int, revision: int | None = None) -> Message:
    headers = [("ce_epoch", str(epoch).encode())]
    if revision is not None:
        headers.append(("ce_revision", str(revision).encode()))
    return Message(message.topic, message.key, message.value, tuple(headers), message.partition)


async def test_a_stale_workers_late_writes_change_nothing_and_are_written_over() -> None:
    log = log_with("aa")
    first = Worker(cluster(log), "one")
    async with first.running():
        await until(lambda: told(log) == {"a": 2})
    second = Worker(cluster(log), "two")
    async with second.running():
        await until(second.ready.is_set)
        log.append(stale(Message("counting.changelog", b"count/a", b'{"count":9,"at":"2026-01-01T00:00:00Z"}', ()), 1))
        log.append(stale(Message("counting.changelog", b"applied", b'{"offset":0}', ()), 1))
        log.append(stale(Message("counts", b"a", b'{"count":9}', ()), 1, 9))
        await until(lambda: log.texts("counts")[-1] == '{"count":2}' and log.slots[CHANGES][-1].key == b"applied")
        assert second.counts() == {"a": 2}
        assert told(log) == {"a": 2}
        last = {record.key: record.value for record in log.slots[CHANGES]}
        assert last[b"count/a"] is not None and b'"count":2' in last[b"count/a"]
        assert last[b"applied"] == b'{"offset":1}'
    third = Worker(cluster(log), "three")
    async with third.running():
        await until(third.ready.is_set)
        assert third.counts() == {"a": 2}


async def test_a_key_that_only_a_stale_worker_knows_is_removed() -> None:
    log = log_with("a")
    async with Worker(cluster(log), "one").running():
        await until(lambda: told(log) == {"a": 1})
    async with Worker(cluster(log), "two").running() as second:
        await until(second.ready.is_set)
        log.append(stale(Message("counts", b"z", b'{"count":1}', ()), 1, 1))
        await until(lambda: log.slots[COUNTS][-1].value is None)
        assert log.slots[COUNTS][-1].key == b"z"


async def test_a_new_owner_writes_only_what_differs_from_its_truth() -> None:
    log = log_with("ab")
    async with Worker(cluster(log), "one").running():
        await until(lambda: told(log) == {"a": 1, "b": 1})
    log.append(stale(Message("counts", b"b", b'{"count":7}', ()), 1, 7))
    async with Worker(cluster(log), "two").running() as second:
        await until(second.ready.is_set)
        await until(lambda: told(log) == {"a": 1, "b": 1})
    assert [record.key for record in log.slots[COUNTS]] == [b"a", b"b", b"b", b"b"]


async def test_what_cannot_be_read_and_what_raises_is_dead_lettered_untouched_and_the_line_goes_on() -> None:
    log = log_with("a?!b")
    async with Worker(cluster(log), "one").running():
        await until(lambda: told(log) == {"a": 1, "b": 1})
    unreadable, raised = log.slots[Slot("counting.dlq", 0)]
    assert (unreadable.key, unreadable.value) == (b"?", b"?")
    why = letter_of(unreadable.headers)
    assert (why.field, why.expected, why.topic, why.offset) == ("letter", "a letter", "letters", 1)
    assert letter_of(raised.headers).reason.startswith("raised ZeroDivisionError at step:")
    assert "!" not in letter_of(raised.headers).reason


async def test_a_bad_deploy_stops_before_it_has_drained_the_log() -> None:
    log = log_with("!" * 300)
    worker = Worker(cluster(log), "one")
    with pytest.raises(TooManyDeadLetters, match=r"stage counting refuses its records: raised ZeroDivisionError"):
        await worker.build().run(worker.stop)
    assert len(log.slots[Slot("counting.dlq", 0)]) <= 100


async def test_a_hole_in_the_log_stops_the_stage_with_its_place() -> None:
    log = log_with("ab")
    gone = log.slots[LETTERS][1]
    log.slots[LETTERS][1] = Record(gone.topic, 0, 5, gone.key, gone.value, (), START)
    worker = Worker(cluster(log), "one")
    with pytest.raises(LogBroken, match=r"letters/0: 1 comes next, but the log goes on at 5"):
        await worker.build().run(worker.stop)


async def test_entries_without_a_place_stop_the_start() -> None:
    log = log_with("a")
    log.append(stale(Message("counting.changelog", b"count/a", b'{"count":1,"at":"2026-01-01T00:00:00Z"}', ()), 1))
    worker = Worker(cluster(log), "one")
    with pytest.raises(LogBroken, match="has entries, but nothing says up to where"):
        await worker.build().run(worker.stop)


async def test_a_deleted_changelog_stops_the_start() -> None:
    log = log_with("a")
    async with Worker(cluster(log), "one").running():
        await until(lambda: told(log) == {"a": 1})
    log.slots[CHANGES].clear()
    worker = Worker(cluster(log), "two")
    with pytest.raises(LogBroken, match="changelog was deleted or cut"):
        await worker.build().run(worker.stop)


async def test_a_log_that_was_made_anew_stops_the_start() -> None:
    log = log_with("abc")
    async with Worker(cluster(log), "one").running():
        await until(lambda: len(told(log)) == 3)
    del log.slots[LETTERS][1:]
    worker = Worker(cluster(log), "two")
    with pytest.raises(LogBroken, match="ends at 1, but 3 comes next"):
        await worker.build().run(worker.stop)
