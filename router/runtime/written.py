"""What the compacted topics say of each key, as their readers see it: for comparing them with the truth.

Readers take the last record of a key whose (epoch, revision) isn't lower than what they know. A new reader,
after compaction, sees only the last record of all: so the owner writes a key again when that isn't its truth.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from router.model.cloudevents import version
from router.stages.contract import Record


class Last(NamedTuple):
    """The last record of a key. digest is None for a tombstone."""

    epoch: int
    revision: int
    digest: bytes | None


def digest(value: bytes | None) -> bytes | None:
    return None if value is None else hashlib.blake2b(value, digest_size=16).digest()


class Written:
    """The last record of each live key of the topics that a stage writes; and the highest epoch by partition.

    `partition_of` tells which source partition a key belongs to, None for a key that is no partition's.
    """

    def __init__(self, partition_of: Callable[[str], int | None]) -> None:
        self._partition_of = partition_of
        self._last: defaultdict[str, dict[str, Last]] = defaultdict(dict)
        self.epochs: dict[int, int] = {}

    def fold(self, record: Record) -> tuple[int | None, Last]:
        """Returns the source partition that the record was written for, and what it says."""
        epoch, revision = version(record.headers)
        key = (record.key or b"").decode("utf-8", "replace")
        last = Last(epoch, revision, digest(record.value))
        if last.digest is None:
            self._last[record.topic].pop(key, None)
        else:
            self._last[record.topic][key] = last
        partition = self._partition_of(key)
        if partition is not None:
            self.epochs[partition] = max(epoch, self.epochs.get(partition, 0))
        return partition, last

    def last(self, topic: str, key: str) -> Last | None:
        """None where the key isn't there, or was removed."""
        return self._last[topic].get(key)

    def topics_of(self, key: str) -> list[str]:
        """Where the key is live."""
        return [topic for topic, keys in self._last.items() if key in keys]

    def there(self, partition: int) -> set[tuple[str, str]]:
        """Topic and key of each live key that was written for `partition`."""
        return {
            (topic, key) for topic, keys in self._last.items() for key in keys if self._partition_of(key) == partition
        }
