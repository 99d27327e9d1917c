"""The changelog of one partition as a fold: entries, `applied`, and the fences that say whose writes count.

Records, all with the header `ce_epoch`:
    fence/<epoch>   a worker takes the partition over; the first fence of an epoch wins
    applied         {"offset": n}: the last source record whose changes are in
    anything else   an entry as JSON, a tombstone removes it
A record below the highest fence before it is a stale worker's and is ignored, but remembered by its key: what a
late writer covered has to be written again before compaction lets it win.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ValidationError

from channels.errors import Problem
from router.model.cloudevents import Message, version
from router.runtime.ports import Slot
from router.stages.contract import Entry, Record
from router.stages.entries import Bodies, Store

APPLIED = "applied"
FENCE = "fence/"


class BrokenChangelog(Problem):
    """A changelog holds what can't be its state."""


class Applied(BaseModel):
    offset: int


class Fence(BaseModel):
    worker: str
    at: datetime


def topic_of(stage: str) -> str:
    return f"{stage}.changelog"


def _headers(epoch: int) -> tuple[tuple[str, bytes], ...]:
    return (("ce_epoch", str(epoch).encode()),)


def fence_message(slot: Slot, epoch: int, worker: str, at: datetime) -> Message:
    value = Fence(worker=worker, at=at).model_dump_json().encode()
    return Message(slot.topic, f"{FENCE}{epoch}".encode(), value, _headers(epoch), slot.partition)


def entry_messages(slot: Slot, epoch: int, changes: Bodies, applied: int | None) -> tuple[Message, ...]:
    """One batch's changes, `applied` last (None leaves it out)."""
    headers = _headers(epoch)
    messages = [Message(slot.topic, key.encode(), body, headers, slot.partition) for key, body in changes.items()]
    if applied is not None:
        body = Applied(offset=applied).model_dump_json().encode()
        messages.append(Message(slot.topic, APPLIED.encode(), body, headers, slot.partition))
    return tuple(messages)


def fenced_by(record: Record) -> tuple[int, str] | None:
    """Epoch and worker of a fence; None for any other record."""
    if not (record.key or b"").startswith(FENCE.encode()):
        return None
    return version(record.headers)[0], Fence.model_validate_json(record.value or b"").worker


class Replica:
    """The fold. Every worker keeps one for each partition, the owner's own merges included."""

    def __init__(self, kinds: Mapping[str, type[Entry]]) -> None:
        self.kinds = kinds
        self.store = Store()
        self.applied: int | None = None
        self.fence = 0
        self.fence_worker: str | None = None
        self.fence_at: int | None = None
        self.covered: set[str] = set()

    def fold(self, record: Record) -> None:
        """Raises BrokenChangelog, naming the place, for what no worker of ours has written."""
        epoch, _ = version(record.headers)
        key = (record.key or b"").decode("utf-8", "replace")
        if key.startswith(FENCE):
            self._fence(record, epoch)
        elif epoch < self.fence:
            self.covered.add(key)
        elif key == APPLIED:
            self.applied = Applied.model_validate_json(record.value or b"").offset
            self.covered.discard(key)
        else:
            self.store.merge({key: self._entry(record, key)}, {key: record.value})
            self.covered.discard(key)

    def merge(self, changes: Mapping[str, Entry | None], written: Bodies, applied: int) -> None:
        """The owner's own batch, once it is durable. written: the changes as they were written."""
        self.store.merge(changes, written)
        self.applied = applied

    def _fence(self, record: Record, epoch: int) -> None:
        if epoch > self.fence:
            self.fence = epoch
            self.fence_at = record.offset
            self.fence_worker = Fence.model_validate_json(record.value or b"").worker

    def _entry(self, record: Record, key: str) -> Entry | None:
        if record.value is None:
            return None
        kind = self.kinds.get(key.partition("/")[0])
        where = f"{record.topic}/{record.partition} at offset {record.offset}"
        if kind is None:
            raise BrokenChangelog(f"{where}: {key.partition('/')[0]!r} is no entry of this stage")
        try:
            return kind.model_validate_json(record.value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise BrokenChangelog(f"{where}: {field}: {first['msg']}") from None
