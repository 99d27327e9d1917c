"""What the compacted topics should say, by the state, against what they do say.

Each record that a stage tells comes of one entry, and its key is the entry's without the kind: so a few entries can be
compared at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from router.model.cloudevents import Message
from router.runtime import takeover
from router.runtime.outcomes import encode
from router.runtime.written import Written
from router.stages.contract import Stage
from router.stages.entries import Chosen, Store


class Comparison:
    """written: what the topics say."""

    def __init__(self, stage: Stage, written: Written) -> None:
        self._stage = stage
        self._written = written

    def of_entries(self, store: Store, partition: int, epoch: int, keys: Collection[str]) -> list[Message]:
        """What has to be written so that the topics say what the entries `keys` do, and no other topic does."""
        live = self._told(store, partition, epoch, keys)
        elsewhere = ((topic, key) for _, key in live for topic in self._written.topics_of(key))
        return takeover.missing(live.values(), self._written) + self._gone(set(elsewhere) - live.keys(), epoch)

    def of_records(self, store: Store, partition: int, epoch: int, told: Collection[tuple[str, str]]) -> list[Message]:
        """What has to be written so that these keys, by topic, say what the state does."""
        live = self._told(store, partition, epoch, [entry for _, key in told for entry in self._entries(key)])
        wanted = [live[each] for each in sorted(told) if each in live]
        return takeover.missing(wanted, self._written) + self._gone(set(told) - live.keys(), epoch)

    def orphans(self, store: Store, epoch: int, told: Iterable[tuple[str, str]]) -> list[Message]:
        """Tombstones for what is told of entries that aren't there."""
        gone = {(topic, key) for topic, key in told if not any(entry in store for entry in self._entries(key))}
        return self._gone(gone, epoch)

    def told(self, store: Store) -> Iterator[str]:
        """The entries of which anything is told. What is merged meanwhile is among them or not."""
        return chain.from_iterable(store.keys_of(kind) for kind in self._stage.told)

    def _told(self, store: Store, partition: int, epoch: int, keys: Iterable[str]) -> dict[tuple[str, str], Message]:
        outcomes = self._stage.truth(Chosen(store, keys), partition)
        return {(each.topic, each.key): encode(self._stage.name, each, epoch) for each in outcomes}

    def _entries(self, key: str) -> Iterable[str]:
        return (f"{kind}/{key}" for kind in self._stage.told)

    def _gone(self, told: Iterable[tuple[str, str]], epoch: int) -> list[Message]:
        return [
            takeover.tombstone(topic, key, epoch, last)
            for topic, key in sorted(told)
            if (last := self._written.last(topic, key)) is not None
        ]
