"""How long entries live, and their removal in passing: a few at each event, so that none is slow."""

from __future__ import annotations

from datetime import datetime

from router.model.incident import Incident
from router.policy.model import RetentionPolicy
from router.stages import state, views
from router.stages.contract import Entries, Entry, Outcome
from router.stages.state import Agent, IncidentEntry, Person

AT_ONCE = 20


def of_incident(incident: Incident, policy: RetentionPolicy) -> IncidentEntry:
    """An open incident stays; a resolved one stays on its queue's topic for a while."""
    gone = None if incident.state.open else incident.changed_at + policy.incidents
    return IncidentEntry(incident=incident, expires_at=gone)


def of_person(person: Person, at: datetime, policy: RetentionPolicy) -> Person:
    """Who has an open incident stays."""
    return person.model_copy(update={"expires_at": None if person.open else at + policy.persons})


def of_agent(agent: Agent, policy: RetentionPolicy) -> Agent:
    """Who holds something stays, and keeps it."""
    return agent.model_copy(update={"expires_at": None if agent.incidents else agent.changed_at + policy.agents})


def swept(entries: Entries, at: datetime) -> tuple[Entries, tuple[Outcome, ...]]:
    """Without some of what has expired; of each incident among it, a tombstone on its queue's topic."""
    gone: dict[str, Entry | None] = {}
    outcomes: list[Outcome] = []
    for key in entries.expired(at, AT_ONCE):
        entry = entries.get(key)
        if isinstance(entry, IncidentEntry) and entry.expires_at is not None:
            outcomes.append(views.forgotten(entry.incident, entry.expires_at))
        gone[key] = None
    return (state.put(entries, gone), tuple(outcomes)) if gone else (entries, ())
