"""Where a replica stands on its changelog, as it is kept beside its entries, and whether what was kept can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from router.runtime import changelog
from router.runtime.changelog import Replica
from router.runtime.checkpoint import About, BadCheckpoint, mark, mark_of, models_of, sampled
from router.stages.contract import Entry, Record

OLDEST = timedelta(days=1)

Place = tuple[int, Record | None]


class Standing:
    """Of one stage's replicas. now: the wall clock."""

    def __init__(self, stage: str, kinds: Mapping[str, type[Entry]], now: Callable[[], datetime]) -> None:
        self.stage = stage
        self._models = models_of(kinds)
        self._now = now

    def of(self, partition: int, replica: Replica, place: Place) -> About | None:
        """None where nobody has owned it yet. place: the last change that it holds, as of Tail.place."""
        offset, record = place
        if replica.fence_at is None or replica.fence_worker is None:
            return None
        return About(
            stage=self.stage,
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
            samples=sampled(replica.store.samples),
        )

    def check(self, about: About, partition: int) -> None:
        """Raises BadCheckpoint for what is of no use, whatever is on the log."""
        if (about.stage, about.partition) != (self.stage, partition):
            raise BadCheckpoint("it is another partition's")
        if about.models != self._models:
            raise BadCheckpoint("other code has kept it")
        if not timedelta(0) <= self._now() - about.at <= OLDEST:
            raise BadCheckpoint("it isn't of the last day")


def stand_at(replica: Replica, about: About) -> None:
    """The replica has the entries of `about` already."""
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
