"""What stands on the topics, read once for all checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from router.model.catalogue import DESK, INBOUND, POOL, Types
from router.model.cloudevents import Attributes, version
from router.model.dead_letters import Place
from router.model.events import AgentView, CommandResult, ContactReceived, ContactScored, QueueEvent
from router.model.retries import OF
from router.stages.contract import Record, Undecodable
from router.stages.decode import decode

Key = tuple[str, str]
"""Topic and key of a record on a compacted topic."""

Event = tuple[str, str]
"""Source and id."""

RESUBMITTED = "letter.resubmitted"


def at(record: Record) -> str:
    return f"{record.topic}/{record.partition}@{record.offset}"


@dataclass(frozen=True)
class Told:
    """A record of a queue's topic. version: epoch and revision. id: of the event. event: None for a tombstone."""

    record: Record
    key: str
    version: tuple[int, int]
    id: str | None
    event: QueueEvent | None


@dataclass(frozen=True)
class Scored:
    """A `contact.scored` of the pool's log. delivery: "<provider>:<delivery>"."""

    record: Record
    delivery: str
    value: ContactScored


@dataclass(frozen=True)
class Received:
    """A record of an inbound topic."""

    record: Record
    delivery: str
    value: ContactReceived


@dataclass
class Facts:
    """records: of all topics, each partition's in its order. Partitions of one topic may be mixed."""

    records: list[Record]
    by_topic: dict[str, list[Record]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_topic = {}
        for record in self.records:
            self.by_topic.setdefault(record.topic, []).append(record)

    def on(self, *prefixes: str) -> Iterator[Record]:
        """Records of the topics whose names begin so."""
        for topic in sorted(self.by_topic):
            if topic.startswith(prefixes):
                yield from self.by_topic[topic]

    @cached_property
    def received(self) -> list[Received]:
        found = []
        for record in self.on("inbound."):
            event = _decoded(record, INBOUND)
            if event is not None and isinstance(event[1], ContactReceived):
                found.append(Received(record, delivery_of(event[0]), event[1]))
        return found

    @cached_property
    def scored(self) -> list[Scored]:
        found = []
        for record in self.by_topic.get("pool", ()):
            if record.header("ce_type") == "contact.scored":
                event = _decoded(record, POOL)
                if event is not None and isinstance(event[1], ContactScored):
                    found.append(Scored(record, event[0].id, event[1]))
        return found

    @cached_property
    def told(self) -> list[Told]:
        return [_told(record) for record in self.on("queue.")]

    @cached_property
    def known(self) -> dict[Key, Told]:
        """What a reader of the queues' topics knows in the end: of each key the last record that wasn't lower than what
        it knew. Keys that a tombstone removed are there with it."""
        best: dict[Key, Told] = {}
        for told in self.told:
            key = told.record.topic, told.key
            if key not in best or told.version >= best[key].version:
                best[key] = told
        return best

    @cached_property
    def incidents(self) -> list[Told]:
        """As in `known`, those that are there: not removed, and not left behind by a move."""
        return [told for told in self.known.values() if told.event is not None and told.event.state != "moved"]

    @cached_property
    def views(self) -> list[tuple[Record, AgentView]]:
        """What a reader of the desk takes of each agent, in order."""
        best: dict[str, tuple[int, int]] = {}
        found = []
        for record in self.by_topic.get("desk", ()):
            if record.header("ce_type") == "agent.changed":
                event = _decoded(record, DESK)
                if event is None or not isinstance(event[1], AgentView):
                    continue
                newer = event[0].epoch or 0, event[0].revision or 0
                if newer >= best.get(event[1].agent_id, (0, 0)):
                    best[event[1].agent_id] = newer
                    found.append((record, event[1]))
        return found

    @cached_property
    def results(self) -> list[tuple[Record, CommandResult]]:
        found = []
        for record in self.by_topic.get("desk", ()):
            if record.header("ce_type") == "command.result":
                event = _decoded(record, DESK)
                if event is not None and isinstance(event[1], CommandResult):
                    found.append((record, event[1]))
        return found

    @cached_property
    def refused(self) -> set[Event]:
        """Every event that was ever dead-lettered with its headers."""
        return {event_of(record) for record in self._letters}

    @cached_property
    def dead(self) -> set[Event]:
        """Of those, the ones with a letter that nobody has resubmitted."""
        return {event_of(record) for record in self._letters if name_of(record) not in self._resubmitted}

    @property
    def _letters(self) -> Iterator[Record]:
        return (record for topic in self.by_topic if topic.endswith(".dlq") for record in self.by_topic[topic])

    @cached_property
    def _resubmitted(self) -> set[str | None]:
        actions = (each for each in self.by_topic.get("dlq.actions", ()) if each.header("ce_type") == RESUBMITTED)
        records = (each for each in (*self.on("intake.retry"), *self.by_topic.get("pool", ())))
        return {each.header("ce_subject") for each in actions} | {each.header(OF) for each in records} - {None}


def event_of(record: Record) -> Event:
    return record.header("ce_source") or "", record.header("ce_id") or ""


def name_of(record: Record) -> str:
    """As a dead letter is named."""
    return str(Place(record.topic, record.partition, record.offset))


def delivery_of(attributes: Attributes) -> str:
    """As intake names a delivery: unique among all providers."""
    return f"{attributes.source.removeprefix('/channels/')}:{attributes.id}"


def _decoded(record: Record, types: Types) -> tuple[Attributes, object] | None:
    try:
        event = decode(record, types)
    except Undecodable:
        return None
    return event.attributes, event.value


def _told(record: Record) -> Told:
    event = None if record.value is None else QueueEvent.model_validate_json(record.value)
    return Told(record, (record.key or b"").decode(), version(record.headers), record.header("ce_id"), event)


def positions(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(at(record) for record in records)
