"""Where a slot starts, what a step sees, and what is kept once its outputs are acknowledged.

One of two: Committed for a stage without state, Changelogged (router.runtime.changelogged) for one with state. The
runner knows neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from router.runtime.ports import Batch, LogBroken, Member, Slot, Writer
from router.stages.contract import Entry
from router.stages.entries import Bodies, Layer, Store

Changes = Mapping[str, Entry | None]


class Prepared(NamedTuple):
    """The changes up to the source offset `last`; as they will be written, and the batch of that."""

    changes: Changes
    written: Bodies
    batch: Batch
    last: int


class Progress(Protocol):
    async def start(self) -> None: ...

    async def restore(self, slot: Slot, member: Member, writer: Writer) -> int:
        """Makes the slot ready and returns the offset to go on from. Raises LogBroken, SendFailed."""
        ...

    def epoch(self, slot: Slot) -> int | None:
        """What outputs carry; None for a stage without state. Raises KeyError for a slot that is lost."""
        ...

    def layer(self, slot: Slot) -> Layer:
        """The state that the next step sees."""
        ...

    def prepare(self, slot: Slot, writer: Writer, changes: Changes, last: int) -> Prepared | None:
        """What `save` will write, before any output is sent. Raises BatchTooLarge."""
        ...

    async def save(self, slot: Slot, writer: Writer, prepared: Prepared | None) -> None:
        """The outputs of everything up to the last offset are acknowledged. Raises SendFailed."""
        ...

    async def mend(self, writer: Writer) -> int:
        """Writes again what stale workers have covered; returns how many records. Raises SendFailed."""
        ...

    def release(self, slot: Slot) -> None:
        """The slot is no longer ours."""
        ...

    async def close(self) -> None: ...


class Committed:
    """Starts at the group's committed offset, at the log's beginning where there is none."""

    def __init__(self) -> None:
        self._nothing = Store()

    async def start(self) -> None: ...

    async def restore(self, slot: Slot, member: Member, writer: Writer) -> int:
        # In this order: whoever had the slot before may still commit what has come meanwhile.
        committed = await member.committed(slot)
        first, end = await member.bounds(slot)
        if committed is None:
            return first
        check_start(slot, committed, first, end)
        return committed

    def epoch(self, slot: Slot) -> int | None:
        return None

    def layer(self, slot: Slot) -> Layer:
        return Layer(self._nothing)

    def prepare(self, slot: Slot, writer: Writer, changes: Changes, last: int) -> Prepared | None:
        return None

    async def save(self, slot: Slot, writer: Writer, prepared: Prepared | None) -> None: ...

    async def mend(self, writer: Writer) -> int:
        return 0

    def release(self, slot: Slot) -> None: ...

    async def close(self) -> None: ...


def check_start(slot: Slot, start: int, first: int, end: int) -> None:
    """Raises LogBroken where records between the last position and the log's beginning are gone."""
    if start < first:
        raise LogBroken(
            f"{slot.topic}/{slot.partition} begins at {first}, but {start} comes next: {first - start} records are "
            "gone. They are never skipped silently; look at the topic's retention and at how long no worker ran."
        )
    if start > end:
        raise LogBroken(
            f"{slot.topic}/{slot.partition} ends at {end}, but {start} comes next: "
            "the topic was emptied or made anew. Its state belongs to another log."
        )
