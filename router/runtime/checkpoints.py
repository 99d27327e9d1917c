"""A worker's checkpoints: `<data>/state/<stage>/<partition>`, one file for each partition.

The changelog on Kafka is the truth. A checkpoint saves reading it from its beginning, and is used only if the last
change that it holds is still there, as it was, and its fence, which names a single start of a worker: not in a topic
made anew, on another cluster, or on a log that lost its end. It may be a day old at most, since after a week
compaction removes what says that an entry is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from router.runtime import changelog
from router.runtime.changelog import Replica
from router.runtime.checkpoint import About, BadCheckpoint, Checkpoint, mark, mark_of, models_of, read, sampled, write
from router.stages.contract import Entry, Record

OLDEST = timedelta(days=1)

log = structlog.get_logger()

Place = tuple[int, Record | None]


class Checkpoints:
    """Reads and writes them. now: the wall clock."""

    def __init__(self, folder: Path, stage: str, kinds: Mapping[str, type[Entry]], now: Callable[[], datetime]) -> None:
        self._folder = folder / stage
        self._stage = stage
        self._kinds = kinds
        self._models = models_of(kinds)
        self._now = now

    def load(self, partition: int) -> Checkpoint | None:
        """Blocks. None where there is none that can be used; one that can't be is removed."""
        path = self._folder / str(partition)
        try:
            found = read(path.read_bytes())
            self._check(found.about, partition)
        except FileNotFoundError:
            return None
        except (OSError, BadCheckpoint) as error:
            log.warning("checkpoint.unusable", stage=self._stage, partition=partition, reason=str(error))
            with suppress(OSError):
                path.unlink()
            return None
        return found

    def taken(self, partition: int, replica: Replica, place: Place) -> Checkpoint | None:
        """The replica as it stands now; None where nobody has owned it yet. place: the last change that it holds, as of
        Tail.place."""
        offset, record = place
        if replica.fence_at is None or replica.fence_worker is None:
            return None
        kept = replica.store.kept()
        about = About(
            stage=self._stage,
            partition=partition,
            models=self._models,
            at=self._now(),
            offset=offset,
            mark=_own(replica) if record is None else mark_of(record),
            applied=replica.applied,
            fence=replica.fence,
            fence_worker=replica.fence_worker,
            fence_at=replica.fence_at,
            covered=tuple(sorted(replica.covered)),
            samples=sampled(kept.packed),
        )
        return Checkpoint(about, kept)

    def save(self, checkpoint: Checkpoint) -> bool:
        """Blocks. The file is the former one or all of this; False where it couldn't be written."""
        path = self._folder / str(checkpoint.about.partition)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._swept(path)
            with fresh.open("wb") as file:
                write(checkpoint, file.write)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            log.warning("checkpoint.failed", stage=self._stage, partition=path.name, reason=error.strerror)
            with suppress(OSError):
                fresh.unlink()
            return False
        return True

    def _check(self, about: About, partition: int) -> None:
        """Raises BadCheckpoint."""
        if (about.stage, about.partition) != (self._stage, partition):
            raise BadCheckpoint("it is another partition's")
        if about.models != self._models:
            raise BadCheckpoint("other code has kept it")
        if not timedelta(0) <= self._now() - about.at <= OLDEST:
            raise BadCheckpoint("it isn't of the last day")

    def _swept(self, path: Path) -> None:
        """Removes what a killed worker has left half written."""
        for left in path.parent.glob(f"{path.name}.*.new"):
            pid = left.name.split(".")[1]
            if not pid.isdecimal() or not Path(f"/proc/{pid}").exists():
                left.unlink(missing_ok=True)


def begin_with(replica: Replica, checkpoint: Checkpoint) -> None:
    """Raises KeyError for entries that aren't this stage's."""
    about = checkpoint.about
    replica.store.begin_with(checkpoint.kept, replica.kinds)
    replica.applied, replica.fence, replica.fence_worker = about.applied, about.fence, about.fence_worker
    replica.fence_at = about.fence_at
    replica.covered = set(about.covered)


def is_of(about: About, fence: Record | None, last: Record | None) -> bool:
    """Whether these, found at `fence_at` and `offset`, show that the log is the one that was kept."""
    if fence is None or last is None or (fence.offset, last.offset) != (about.fence_at, about.offset):
        return False
    return mark_of(last) == about.mark and changelog.fenced_by(fence) == (about.fence, about.fence_worker)


def _own(replica: Replica) -> str:
    """Of the owner's own last batch, which ends with `applied`."""
    value = changelog.Applied(offset=replica.applied or 0).model_dump_json().encode()
    return mark(changelog.APPLIED.encode(), value, replica.fence)
