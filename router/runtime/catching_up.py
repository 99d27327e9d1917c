"""The comparison of a large state with its topics, once a partition was taken over: in slices, beside the work.

A state of 100,000 incidents takes half a minute to compare; nobody waits for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from router.model.cloudevents import Message
from router.runtime.comparison import Comparison
from router.runtime.written import Written
from router.stages.entries import Store

# Entries, each of which takes 0.2 ms.
SLICE = 75


class CatchingUp:
    """What is left to compare, by partition."""

    def __init__(self, comparison: Comparison, written: Written) -> None:
        self._comparison = comparison
        self._written = written
        self._entries: dict[int, Iterator[str]] = {}
        self._told: dict[int, Iterator[tuple[str, str]]] = {}
        self._since: dict[int, set[str]] = {}

    def begin(self, partition: int, store: Store) -> None:
        self._entries[partition] = self._comparison.told(store)
        self._told[partition] = iter(self._written.there(partition))
        self._since[partition] = set()

    def end(self, partition: int) -> None:
        self._entries.pop(partition, None)
        self._told.pop(partition, None)
        self._since.pop(partition, None)

    def changed(self, partition: int, keys: Iterable[str]) -> None:
        """These entries' outputs were acknowledged since the beginning: there is nothing to compare."""
        if partition in self._since:
            self._since[partition].update(keys)

    @property
    def partitions(self) -> list[int]:
        """Those where something is left."""
        return sorted(self._entries)

    def slice(self, partition: int, store: Store, epoch: int, entries: int = SLICE) -> list[Message]:
        """What has to be written of the next few."""
        keys = list(islice(self._entries[partition], entries))
        if keys:
            since = self._since[partition]
            return self._comparison.of_entries(store, partition, epoch, [key for key in keys if key not in since])
        told = list(islice(self._told[partition], entries))
        if not told:
            self.end(partition)
        return self._comparison.orphans(store, epoch, told)
