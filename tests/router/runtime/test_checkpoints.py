"""A worker begins with what is on its disk where that is the changelog's, and with the changelog where it isn't."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from router.model.cloudevents import version
from router.runtime.changelog import Replica
from router.runtime.checkpoints import Checkpoints
from router.runtime.on_disk import OnDisk
from router.runtime.ports import Slot
from tests.router.runtime.counting import read_counts
from tests.router.runtime.kept_counts import CHANGELOG, STAGE, Clock, Made, counted
from tests.router.runtime.memory_log import MemoryLog


@pytest.fixture(params=[Checkpoints, OnDisk])
def made(request: pytest.FixtureRequest) -> Made:
    chosen: Made = request.param
    return chosen


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


async def test_the_next_start_reads_only_what_came_since(made: Made, log: MemoryLog, tmp_path: Path) -> None:
    await counted(made, log, tmp_path, "abba")
    end = len(log.slots[CHANGELOG])
    assert await counted(made, log, tmp_path, "ab") == (end, {"a": 3, "b": 3})
    assert read_counts(log.slots[Slot("counts", 0)]) == {"a": 3, "b": 3}
    epochs = [version(record.headers)[0] for record in log.slots[CHANGELOG]]
    assert epochs == sorted(epochs)


async def test_what_others_have_written_since_is_read(made: Made, log: MemoryLog, tmp_path: Path) -> None:
    await counted(made, log, tmp_path / "one", "abba")
    end = len(log.slots[CHANGELOG])
    await counted(made, log, tmp_path / "two", "ccc")
    assert await counted(made, log, tmp_path / "one", "a") == (end, {"a": 3, "b": 2, "c": 3})


async def test_a_changelog_that_was_made_anew_is_read_from_its_beginning(
    made: Made, log: MemoryLog, tmp_path: Path
) -> None:
    await counted(made, log, tmp_path, "abba")
    other = MemoryLog()
    assert await counted(made, other, tmp_path / "other", "xyxyxyxyz") == (0, {"x": 4, "y": 4, "z": 1})
    assert await counted(made, other, tmp_path, "z") == (0, {"x": 4, "y": 4, "z": 2})


async def test_a_changelog_that_lost_its_end_is_read_from_its_beginning(
    made: Made, log: MemoryLog, tmp_path: Path
) -> None:
    await counted(made, log, tmp_path / "other", "ab")
    await counted(made, log, tmp_path, "ab")
    del log.slots[CHANGELOG][-3:]
    start, counts = await counted(made, log, tmp_path, "")
    assert (start, counts) == (0, {"a": 2, "b": 2})


async def test_a_folder_that_cant_be_written_stops_nothing(made: Made, log: MemoryLog, tmp_path: Path) -> None:
    for name in ("counting", "counting.db"):
        (tmp_path / name).write_text("a file, where a folder should be")
    assert await counted(made, log, tmp_path, "ab") == (0, {"a": 1, "b": 1})
    assert await counted(made, log, tmp_path, "a") == (0, {"a": 2, "b": 1})


async def test_a_broken_or_foreign_or_old_file_is_removed_and_the_changelog_read(
    log: MemoryLog, tmp_path: Path
) -> None:
    file = tmp_path / "counting" / "0"
    clock = Clock()
    await counted(Checkpoints, log, tmp_path, "ab", clock)
    whole = file.read_bytes()
    for content in (whole[:-1], b"", whole + b"x"):
        file.write_bytes(content)
        assert (await counted(Checkpoints, log, tmp_path, "", clock))[0] == 0
    clock.at += timedelta(days=1, seconds=1)
    assert (await counted(Checkpoints, log, tmp_path, "", clock))[0] == 0
    clock.at -= timedelta(days=1, seconds=2)
    assert await counted(Checkpoints, log, tmp_path, "a", clock) == (0, {"a": 2, "b": 1})
    file.rename(tmp_path / "counting" / "1")
    assert Checkpoints(tmp_path, "counting", STAGE.kinds, clock.now).load(1) is None
    assert not (tmp_path / "counting" / "1").exists()


async def test_a_full_disk_leaves_the_former_checkpoint(log: MemoryLog, tmp_path: Path) -> None:
    await counted(Checkpoints, log, tmp_path, "ab")
    former = (tmp_path / "counting" / "0").read_bytes()
    checkpoints = Checkpoints(tmp_path, "counting", STAGE.kinds, Clock().now)
    store = Replica(STAGE.kinds)
    about = checkpoints.load(0)
    assert about is not None
    checkpoints.begin(0, store, about)
    found = checkpoints.taken(0, store, (about.offset, None))
    assert found is not None
    full = tmp_path / "counting" / f"0.{os.getpid()}.new"
    full.symlink_to("/dev/full")
    assert not checkpoints.save(found)
    assert (tmp_path / "counting" / "0").read_bytes() == former
    assert not full.is_symlink()


async def test_what_a_killed_worker_left_half_written_is_swept(log: MemoryLog, tmp_path: Path) -> None:
    left = tmp_path / "counting" / "0.99999999.new"
    left.parent.mkdir()
    left.write_bytes(b"half")
    await counted(Checkpoints, log, tmp_path, "ab")
    assert [each.name for each in left.parent.iterdir()] == ["0"]
