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
from datetime import datetime
from pathlib import Path

import structlog

from router.runtime.changelog import Replica
from router.runtime.checkpoint import About, BadCheckpoint, Checkpoint, read, write
from router.runtime.standing import Place, Standing, stand_at
from router.stages.contract import Entry

log = structlog.get_logger()


class Checkpoints:
    """Reads and writes them. now: the wall clock."""

    def __init__(self, folder: Path, stage: str, kinds: Mapping[str, type[Entry]], now: Callable[[], datetime]) -> None:
        self._folder = folder / stage
        self._standing = Standing(stage, kinds, now)
        self._loaded: dict[int, Checkpoint] = {}

    def load(self, partition: int) -> About | None:
        """Blocks. None where there is none that can be used; one that can't be is removed."""
        path = self._folder / str(partition)
        try:
            found = read(path.read_bytes())
            self._standing.check(found.about, partition)
        except FileNotFoundError:
            return None
        except (OSError, BadCheckpoint) as error:
            log.warning("checkpoint.unusable", stage=self._standing.stage, partition=partition, reason=str(error))
            with suppress(OSError):
                path.unlink()
            return None
        self._loaded[partition] = found
        return found.about

    def begin(self, partition: int, replica: Replica, about: About | None) -> None:
        """The replica begins with what was loaded, or, without `about`, with nothing.

        Raises KeyError for entries that aren't this stage's.
        """
        found = self._loaded.pop(partition, None)
        if found is not None and about is not None:
            replica.store.begin_with(found.kept, replica.kinds)
            stand_at(replica, about)

    def pressing(self, partition: int) -> bool:
        """What isn't saved takes no memory of its own."""
        return False

    def taken(self, partition: int, replica: Replica, place: Place) -> Checkpoint | None:
        """The replica as it stands now; None where nobody has owned it yet. place: the last change that it holds, as of
        Tail.place."""
        about = self._standing.of(partition, replica, place)
        return None if about is None else Checkpoint(about, replica.store.kept())

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
            log.warning("checkpoint.failed", stage=self._standing.stage, partition=path.name, reason=error.strerror)
            with suppress(OSError):
                fresh.unlink()
            return False
        return True

    def close(self) -> None: ...

    def _swept(self, path: Path) -> None:
        """Removes what a killed worker has left half written."""
        for left in path.parent.glob(f"{path.name}.*.new"):
            pid = left.name.split(".")[1]
            if not pid.isdecimal() or not Path(f"/proc/{pid}").exists():
                left.unlink(missing_ok=True)
