"""Where a stage's entries live between steps: a dict, and a heap of what expires, derived and never saved."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime

from router.stages.contract import Entry


class Store(Mapping[str, Entry]):
    """Merged entries. Only the runner writes to it, by `merge`, once a batch is durable."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._expiring: list[tuple[datetime, str]] = []

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def merge(self, changes: Mapping[str, Entry | None]) -> None:
        for key, entry in changes.items():
            if entry is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = entry
                if entry.expires_at is not None:
                    heapq.heappush(self._expiring, (entry.expires_at, key))

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        """Keys of at most `limit` entries that have expired by `at`, the oldest first. Forgets none of them:
        they stay listed until a merge removes or renews them."""
        found: list[str] = []
        keep: list[tuple[datetime, str]] = []
        while self._expiring and self._expiring[0][0] <= at and len(found) < limit:
            due = heapq.heappop(self._expiring)
            entry = self._entries.get(due[1])
            if entry is not None and entry.expires_at == due[0] and due[1] not in found:
                found.append(due[1])
                keep.append(due)
        for due in keep:
            heapq.heappush(self._expiring, due)
        return tuple(found)


class Layer(Mapping[str, Entry]):
    """A batch's changes over a store: what the next record of the batch sees. The store is left alone."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.changes: dict[str, Entry | None] = {}

    def __getitem__(self, key: str) -> Entry:
        if key in self.changes:
            entry = self.changes[key]
            if entry is None:
                raise KeyError(key)
            return entry
        return self.store[key]

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self.store if self.changes.get(key, key) is not None)
        yield from (key for key, entry in self.changes.items() if entry is not None and key not in self.store)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        return tuple(key for key in self.store.expired(at, limit) if key not in self.changes)
