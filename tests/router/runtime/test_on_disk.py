"""A state that rests on the worker's disk is used on the conditions of any checkpoint, and never half of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from router.runtime.changelog import Replica
from router.runtime.on_disk import OnDisk
from router.runtime.ports import StateUnreadable
from tests.router.runtime.counting import Count, Worker, letter, until
from tests.router.runtime.kept_counts import CHANGELOG, STAGE, Clock, Kafka, counted
from tests.router.runtime.memory_log import MemoryLog


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def database(tmp_path: Path) -> Path:
    return tmp_path / "counting.db" / "0" / "0"


def tables(tmp_path: Path) -> Iterator[Path]:
    return database(tmp_path).glob("*.sst")


async def test_a_broken_or_foreign_or_old_database_is_removed_and_the_changelog_read(
    log: MemoryLog, tmp_path: Path
) -> None:
    clock = Clock()
    await counted(OnDisk, log, tmp_path, "ab", clock)
    (database(tmp_path) / "CURRENT").write_text("nonsense")
    assert await counted(OnDisk, log, tmp_path, "", clock) == (0, {"a": 1, "b": 1})
    for table in tables(tmp_path):
        table.unlink()
    assert (await counted(OnDisk, log, tmp_path, "", clock))[0] == 0
    assert (await counted(OnDisk, log, tmp_path, "", clock))[0] != 0
    clock.at += timedelta(days=1, seconds=1)
    assert (await counted(OnDisk, log, tmp_path, "", clock))[0] == 0
    database(tmp_path).rename(tmp_path / "counting.db" / "0" / "1")
    disk = OnDisk(tmp_path, STAGE.name, STAGE.kinds, clock.now)
    assert disk.load(1) is None
    disk.close()


async def test_a_database_whose_opening_came_to_no_end_isnt_opened_again(log: MemoryLog, tmp_path: Path) -> None:
    await counted(OnDisk, log, tmp_path, "ab")
    database(tmp_path).with_suffix(".opening").touch()
    assert (await counted(OnDisk, log, tmp_path, "a")) == (0, {"a": 2, "b": 1})
    assert (await counted(OnDisk, log, tmp_path, "a"))[0] != 0


async def test_what_wasnt_flushed_is_read_from_the_changelog(log: MemoryLog, tmp_path: Path) -> None:
    await counted(OnDisk, log, tmp_path, "ab")
    end = len(log.slots[CHANGELOG])
    kafka = Kafka(log)
    worker = Worker(kafka, uuid4().hex, kept=kafka.kept(OnDisk, tmp_path, Clock().now))
    running = asyncio.create_task(worker.build().run(worker.stop))
    log.append(letter("b"))
    await until(lambda: worker.ready.is_set() and worker.counts() == {"a": 1, "b": 2})
    worker.kept.checkpoints.close()  # type: ignore[union-attr]  # as a kill would
    worker.crash(running)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await counted(OnDisk, log, tmp_path, "") == (end, {"a": 1, "b": 2})


async def test_two_workers_with_one_folder_have_a_place_each(log: MemoryLog, tmp_path: Path) -> None:
    await counted(OnDisk, log, tmp_path, "ab")
    kinds = STAGE.kinds
    one, other = (OnDisk(tmp_path, STAGE.name, kinds, Clock().now) for _ in range(2))
    assert one.load(0) is not None
    assert other.load(0) is None
    one.close()
    again = OnDisk(tmp_path, STAGE.name, kinds, Clock().now)
    assert again.load(0) is not None
    again.close()
    other.close()


async def test_an_unreadable_entry_ends_the_stage_and_the_next_start_reads_the_changelog(
    log: MemoryLog, tmp_path: Path
) -> None:
    await counted(OnDisk, log, tmp_path, "abcd")
    kafka = Kafka(log)
    worker = Worker(kafka, uuid4().hex, kept=kafka.kept(OnDisk, tmp_path, Clock().now))
    running = asyncio.create_task(worker.build().run(worker.stop))
    await until(worker.ready.is_set)
    disk = worker.kept.checkpoints if worker.kept else None
    assert isinstance(disk, OnDisk)
    disk._rows[0]._db.close()
    log.append(letter("zebra"))
    with pytest.raises(StateUnreadable):
        await running
    assert not log.texts("dead-letters")
    assert await counted(OnDisk, log, tmp_path, "") == (0, {"a": 1, "b": 1, "c": 1, "d": 1, "zebra": 1})


async def test_a_full_disk_leaves_the_former_state_and_the_rest_waits(
    log: MemoryLog, tmp_path: Path, small_files: Callable[[], None]
) -> None:
    await counted(OnDisk, log, tmp_path, "ab")
    disk = OnDisk(tmp_path, STAGE.name, STAGE.kinds, Clock().now)
    replica, about = Replica(STAGE.kinds), disk.load(0)
    assert about is not None
    disk.begin(0, replica, about)
    replica.store.merge({"count/a": None, "count/" + "c" * 2**20: Count(count=1, at=Clock().at)})
    taken = disk.taken(0, replica, (about.offset + 1, None))
    assert taken is not None
    with capture_logs() as logs:
        assert not disk.save(taken)
        assert disk.taken(0, replica, (about.offset + 1, None)) is None
    assert [each["event"] for each in logs] == ["checkpoint.failed"] * 2
    assert {key[:7] for key in replica.store} == {"count/b", "count/c"}
    small_files()
    taken = disk.taken(0, replica, (about.offset + 1, None))
    assert taken is not None
    assert disk.save(taken)
    disk.close()
    again = OnDisk(tmp_path, STAGE.name, STAGE.kinds, Clock().now)
    found = again.load(0)
    assert found is not None
    assert found.offset == about.offset + 1
    again.close()
