"""Where a stage's entries live between steps: on a shelf, with a list of what expires."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from router.stages.contract import Entry
from router.stages.expiring import Expiring, Spans
from router.stages.shelf import Packed, Resting, Shelf, dumped

Bodies = Mapping[str, bytes | None]


def bodies(changes: Mapping[str, Entry | None]) -> dict[str, bytes | None]:
    """What changes, as it is written and kept: JSON by key, None removes."""
    return {key: None if entry is None else dumped(entry) for key, entry in changes.items()}


class Kept(NamedTuple):
    """A store as it can be saved. listed: keys by the span of time in which they expire."""

    packed: Packed
    listed: dict[int, list[str]]


class Store(Mapping[str, Entry]):
    """Merged entries. Only the runner writes to it, by `merge`, once a batch is durable.

    resting, spans: where they rest, and the list of what expires; None: in memory.
    """

    def __init__(self, resting: Resting | None = None, spans: Spans | None = None) -> None:
        self._shelf = Shelf(resting)
        self._expiring = Expiring(self._expires_at, spans)

    def __getitem__(self, key: str) -> Entry:
        entry = self._shelf.get(key)
        if entry is None:
            raise KeyError(key)
        return entry

    def get(self, key: str, default: Any = None) -> Any:
        """As any mapping's, without an exception for each key that isn't there."""
        entry = self._shelf.get(key)
        return default if entry is None else entry

    def __contains__(self, key: object) -> bool:
        return key in self._shelf

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelf)

    def __len__(self) -> int:
        return len(self._shelf)

    def keys_of(self, kind: str) -> Iterator[str]:
        """Those of one kind. What is merged meanwhile is among them or not."""
        return self._shelf.listed(f"{kind}/")

    def more_than(self, count: int) -> bool:
        """Whether there are more than so many; counting them all may take long."""
        return next(islice(iter(self), count, None), None) is not None

    @property
    def samples(self) -> dict[str, tuple[bytes, ...]]:
        """As of Shelf."""
        return self._shelf.samples

    def sampled(self, samples: Mapping[str, tuple[bytes, ...]], kinds: Mapping[str, type[Entry]]) -> None:
        """As of Shelf."""
        self._shelf.sampled(samples, kinds)

    def merge(self, changes: Mapping[str, Entry | None], written: Bodies | None = None) -> None:
        """written: `bodies(changes)`, where somebody has made them already."""
        if written is None:
            written = bodies(changes)
        for key, entry in changes.items():
            body = written[key]
            if entry is None or body is None:
                self._shelf.drop(key)
            else:
                self._shelf.put(key, entry, body)
                if entry.expires_at is not None:
                    self._expiring.add(key, entry.expires_at)

    def kept(self) -> Kept:
        """What is there now, of a store in memory; later merges don't change it."""
        return Kept(self._shelf.packed(), self._expiring.listed())

    def begin_with(self, kept: Kept, kinds: Mapping[str, type[Entry]]) -> None:
        """Forgets everything and begins again, in memory, with what was kept.

        Raises KeyError for a kind that isn't in `kinds`.
        """
        self._shelf.unpacked(kept.packed, kinds)
        self._expiring.restored(kept.listed)

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        """Keys of at most `limit` entries that have expired by `at`, the oldest first. Forgets none of them:
        they stay listed until a merge removes or renews them."""
        return self._expiring.expired(at, limit)

    def _expires_at(self, key: str) -> datetime | None:
        entry = self.get(key)
        return None if entry is None else entry.expires_at


class Chosen(Mapping[str, Entry]):
    """Some of a store's entries: those of `keys` that are there."""

    def __init__(self, store: Store, keys: Iterable[str]) -> None:
        self._store = store
        self._keys = dict.fromkeys(key for key in keys if key in store)

    def __getitem__(self, key: str) -> Entry:
        if key not in self._keys:
            raise KeyError(key)
        return self._store[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


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

    def get(self, key: str, default: Any = None) -> Any:
        """As the store's."""
        entry = self.changes[key] if key in self.changes else self.store.get(key)
        return default if entry is None else entry

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self.store if self.changes.get(key, key) is not None)
        yield from (key for key, entry in self.changes.items() if entry is not None and key not in self.store)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        return tuple(key for key in self.store.expired(at, limit) if key not in self.changes)
