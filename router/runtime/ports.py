"""What the stage runner needs of a log. aiokafka fills it in router.runtime.kafka; a simulated log can too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from channels.errors import Problem
from router.model.cloudevents import Message
from router.stages.contract import Record


class Slot(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class SendFailed(Problem):
    """A write wasn't acknowledged in time. It can still land."""


class BatchTooLarge(Problem):
    """The changes of these records don't fit in one record batch."""


class LogBroken(Problem):
    """A log has a hole, or begins behind the place where a stage stopped."""


class LogAway(Problem):
    """The broker doesn't answer."""


class StateUnreadable(Problem):
    """What a worker keeps of its state on its disk can't be read: it is made anew of the changelog."""


class Batch(Protocol):
    """A record batch, built but not sent: it is on the log whole or not at all."""

    def record_count(self) -> int: ...


class Writer(Protocol):
    """Writes with acks=all. After SendFailed it is of no use any more."""

    async def append(self, messages: Sequence[Message]) -> None:
        """Sends all, and returns when each is acknowledged. Raises SendFailed."""
        ...

    def batch(self, messages: Sequence[Message]) -> Batch:
        """Raises BatchTooLarge."""
        ...

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        """Returns the offset of the batch's last record. Raises SendFailed."""
        ...

    async def close(self) -> None: ...


class Reader(Protocol):
    """Reads given slots from their beginnings, without a group. Raises LogAway."""

    async def start(self) -> None: ...
    async def ends(self) -> Mapping[Slot, int]: ...
    async def position(self, slot: Slot) -> int: ...
    async def fetch(self, wait: float) -> Sequence[Record]: ...
    async def close(self) -> None: ...


OnAssigned = Callable[[frozenset[Slot]], None]
OnRevoked = Callable[[], Awaitable[None]]


class Member(Protocol):
    """One member of a stage's consumer group.

    `on_revoked` is awaited before partitions are taken away, `on_assigned` called when there are new ones.
    """

    async def start(self, on_assigned: OnAssigned, on_revoked: OnRevoked) -> None: ...

    async def fetch(
        self, slots: Collection[Slot], max_records: int, wait: float
    ) -> Mapping[Slot, Sequence[Record]]: ...

    def seek(self, slot: Slot, offset: int) -> None: ...
    async def committed(self, slot: Slot) -> int | None: ...
    async def commit(self, offsets: Mapping[Slot, int]) -> bool:
        """Takes a second at most. False where it isn't known to have been done."""
        ...

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        """The first offset that is there, and the one after the last."""
        ...

    async def close(self) -> None: ...


class Cluster(Protocol):
    """Makes the parts above; one for a worker."""

    async def writer(self) -> Writer: ...
    def reader(self, slots: Collection[Slot]) -> Reader: ...
    def member(self, group: str, topics: Collection[str]) -> Member: ...
