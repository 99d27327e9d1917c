"""Taking a partition over: where it stands, the fence, and what has to be written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from router.model.cloudevents import Message
from router.runtime.changelog import Replica, fence_message
from router.runtime.ports import LogBroken, Slot, Writer
from router.runtime.progress import check_start
from router.runtime.tail import Tail
from router.runtime.written import Last, Written, digest


@dataclass(frozen=True)
class Identity:
    """worker: a name unique to this start of the process. now: for fences' time, the only clock here."""

    worker: str
    now: Callable[[], datetime]


def start_of(slot: Slot, replica: Replica, written_epoch: int, first: int, end: int) -> int | None:
    """The offset after `applied`; None for a new log. Raises LogBroken for a state that can't be this log's."""
    if replica.applied is None:
        if replica.store.more_than(0):
            raise LogBroken(
                f"the changelog of {slot.topic}/{slot.partition} has entries, but nothing says up to where: "
                f"`router rebuild --partition {slot.partition}` makes it anew of the {slot.topic} log"
            )
        if written_epoch:
            raise LogBroken(
                f"the changelog of {slot.topic}/{slot.partition} is empty, but epoch {written_epoch} has written "
                f"queues from it: the changelog was deleted or cut. `router rebuild --partition {slot.partition}` "
                f"makes it anew of the {slot.topic} log"
            )
        return None
    start = replica.applied + 1
    check_start(slot, start, first, end)
    return start


async def fence(place: Slot, replica: Replica, written: Written, tail: Tail, writer: Writer, identity: Identity) -> int:
    """Takes the partition: appends a fence above every epoch seen and reads on until it stands. Returns the epoch.

    Where another fence of the same epoch came first, starts over.
    """
    while True:
        epoch = max(replica.fence, written.epochs.get(place.partition, 0)) + 1
        message = fence_message(place, epoch, identity.worker, identity.now())
        end = await writer.append_batch(place, writer.batch([message]))
        await tail.reach(place, end + 1)
        if replica.fence == epoch and replica.fence_worker == identity.worker:
            return epoch


def missing(truth: Iterable[Message], written: Written) -> list[Message]:
    """Of what keys should say, that which their last record doesn't."""
    return [message for message in truth if not _stands(message, written.last(message.topic, message.key.decode()))]


def _stands(message: Message, last: Last | None) -> bool:
    return last is not None and last.digest == digest(message.value)


def tombstone(topic: str, key: str, epoch: int, last: Last) -> Message:
    """Removes a key that a stale worker wrote and that nothing stands behind."""
    headers = (("ce_epoch", str(epoch).encode()), ("ce_revision", str(last.revision).encode()))
    return Message(topic, key.encode(), None, headers)
