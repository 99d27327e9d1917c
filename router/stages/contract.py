"""What a stage is: `step(entries, record) -> Step`. Pure; time is in the record; the runner performs the outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from channels.contact import Frozen
from channels.errors import Problem


class Undecodable(Problem):
    """A record that isn't an event of this stage; it is dead-lettered.

    field, expected, got as in channels.errors.Malformed.
    """

    def __init__(self, reason: str, field: str | None = None, expected: str | None = None, got: str | None = None):
        super().__init__(reason if field is None else f"{reason}: {field}: expected {expected}, got {got}")
        self.reason = reason
        self.field = field
        self.expected = expected
        self.got = got


@dataclass(frozen=True)
class Record:
    """One record of a topic. timestamp is the broker's append time where the topic says so (pool)."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp: datetime

    def header(self, name: str) -> str | None:
        for key, value in self.headers:
            if key == name:
                return value.decode("utf-8", "replace")
        return None


class Entry(Frozen):
    """One entry of a stage's state. expires_at: from then on it counts as absent, and is removed in passing."""

    expires_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """An event to publish. value None is a tombstone. partition None: by the key's hash.

    revision: of the key's subject; readers drop what is lower in (epoch, revision). The runner adds the epoch.
    spooled: when a gateway spooled what it tells of, Unix milliseconds.
    """

    topic: str
    key: str
    type: str
    id: str
    subject: str
    time: datetime
    value: BaseModel | None
    partition: int | None = None
    revision: int | None = None
    traceparent: str | None = None
    spooled: int | None = None


class Entries:
    """State as many small entries: read through, written by making a new view. Never changed in place.

    `base` is what was merged before; `changes` is what this view adds (None removes).
    """

    __slots__ = ("base", "changes")

    def __init__(self, base: Mapping[str, Entry], changes: Mapping[str, Entry | None] | None = None) -> None:
        self.base = base
        self.changes: Mapping[str, Entry | None] = changes if changes is not None else {}

    def get(self, key: str) -> Entry | None:
        if key in self.changes:
            return self.changes[key]
        return self.base.get(key)

    def expired(self, at: datetime, limit: int = 20) -> tuple[str, ...]:
        """Keys of some merged entries whose time has come; the stage removes them in passing."""
        expired = getattr(self.base, "expired", None)
        return () if expired is None else tuple(key for key in expired(at, limit) if key not in self.changes)

    def put(self, key: str, entry: Entry | None) -> Entries:
        """The same state with one entry set, or removed by None."""
        return Entries(self.base, {**self.changes, key: entry})


@dataclass(frozen=True)
class Step:
    """What one record did: the state after it, and what to publish, in order."""

    entries: Entries
    outcomes: tuple[Outcome, ...] = ()


class Stage(Protocol):
    """One step function and what the runner must know about it.

    sources: topics it reads.
    kinds: the model of each entry, by the part of its key before the first "/"; none for a stage without state.
    told: the kinds of entries that `truth` tells of.
    """

    @property
    def name(self) -> str: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def kinds(self) -> Mapping[str, type[Entry]]: ...
    @property
    def told(self) -> tuple[str, ...]: ...

    def paced(self, waiting: int) -> Stage:
        """The stage as it works where so many records wait."""
        ...

    def step(self, entries: Entries, record: Record) -> Step:
        """Raises Undecodable for a record that is no event of this stage."""
        ...

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        """The last record that each live key of the compacted topics written for `partition` should have.

        Each comes of one entry, alone, whose key is `<kind>/<the record's key>`.
        """
        ...

    def retold(self, entries: Mapping[str, Entry]) -> Iterator[Outcome]:
        """What may be told once more on topics that aren't compacted, where nobody knows whether it was told."""
        ...
