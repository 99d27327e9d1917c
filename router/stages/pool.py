"""The pool: one pass over one event, in the log's order. A delivery seen before changes nothing.

Its three functions in a row: identity says who it is, triage which incident, dispatch who gets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from router.model.catalogue import POOL
from router.model.commands import Command
from router.model.events import ContactScored, PeopleChanged, PolicyApplied, Position
from router.stages import clock, contacts, people, retention, views
from router.stages.arrival import arrival
from router.stages.cause import Cause
from router.stages.contract import Entries, Entry, Outcome, Record, Step
from router.stages.decode import Event, decode
from router.stages.dispatch import dispatch
from router.stages.in_force import in_force, put_in_force
from router.stages.state import KINDS, Agent, Answered, IncidentEntry
from router.stages.triage import Combine
from scoring.combine import combine as combine_by_rubric

INCIDENT, AGENT, RESULT = "incident", "agent", "result"


@dataclass(frozen=True)
class Pool:
    """The stage `pool`. combine: how severe an incident is once a contact has joined it."""

    combine: Combine = combine_by_rubric
    name: str = "pool"
    sources: tuple[str, ...] = ("pool",)
    kinds: Mapping[str, type[Entry]] = field(default_factory=lambda: KINDS)
    told: tuple[str, ...] = (INCIDENT,)

    def paced(self, waiting: int) -> Pool:
        """The same, whoever waits."""
        return self

    def step(self, entries: Entries, record: Record) -> Step:
        """Raises Undecodable for a record that is no event of a pool's log, NoPolicy where none is in force."""
        event = decode(record, POOL)
        at = clock.now(entries, record.timestamp)
        cause = Cause(event.attributes.id, at, record.offset, event.attributes.traceparent)
        step = self._done(entries, record, event, cause)
        if not step.entries.changes and not step.outcomes:
            return step
        swept, tombstones = retention.swept(clock.told(step.entries, at), at)
        return Step(swept, (*step.outcomes, *tombstones))

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        """The last record of each incident on its queue's topic, as it was written."""
        found = (entries[key] for key in entries if key.partition("/")[0] == INCIDENT)
        return (views.current(entry.incident) for entry in found if isinstance(entry, IncidentEntry))

    def retold(self, entries: Mapping[str, Entry]) -> Iterator[Outcome]:
        """Each agent as they are now, then what became of the commands that are still remembered."""
        at = clock.reached(entries)
        if at is None:
            return
        found = [entries[key] for key in entries if key.partition("/")[0] in (AGENT, RESULT)]
        there = [entry for entry in found if entry.expires_at is None or entry.expires_at > at]
        yield from (views.agent_changed(entry) for entry in there if isinstance(entry, Agent))
        yield from (views.answer(entry.result, at) for entry in there if isinstance(entry, Answered))

    def _done(self, entries: Entries, record: Record, event: Event, cause: Cause) -> Step:
        match event.value:
            case PolicyApplied() as applied:
                return Step(put_in_force(entries, applied))
            case ContactScored() as scored:
                position = Position(
                    topic=record.topic, partition=record.partition, offset=record.offset, at=record.timestamp
                )
                came = arrival(scored, event.attributes.time, cause, position, event.attributes.spooled)
                return contacts.taken(entries, came, in_force(entries), self.combine)
            case PeopleChanged() as changed:
                return people.linked(entries, changed, cause, in_force(entries).retention)
            case Command() as command:
                return dispatch(entries, command, cause, in_force(entries))
            case other:
                raise TypeError(f"no event of a pool's log: {type(other).__name__}")
