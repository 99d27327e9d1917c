"""The incident: the unit of work. One or more contacts of one person about one thing."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from channels.contact import CallStatus, Direction, Frozen, Medium
from scoring.model import Evidence, Severity, Skill


class IncidentState(StrEnum):
    WAITING = "waiting"
    OWNED = "owned"
    MOVED = "moved"
    RESOLVED = "resolved"

    @property
    def open(self) -> bool:
        return self in (IncidentState.WAITING, IncidentState.OWNED)


class IncidentType(StrEnum):
    """The event types of a queue topic."""

    OPENED = "incident.opened"
    JOINED = "incident.joined"
    CHANGED = "incident.changed"
    CLAIMED = "incident.claimed"
    RELEASED = "incident.released"
    MOVED = "incident.moved"
    RESOLVED = "incident.resolved"


class Hops(Frozen):
    """When a contact passed each hop: at the edge, on inbound.*, on the pool's log."""

    received_at: AwareDatetime
    inbound_at: AwareDatetime | None = None
    pool_at: AwareDatetime


class Part(Frozen):
    """One of several tellings of a contact, and where its newest record stands in the pool's log. No text.

    name: as in Contact.part ("recording:RE…"); empty for the contact itself.
    """

    name: str
    severity: Severity
    skill: Skill
    partition: int
    offset: int
    wordless: bool = False


class ContactRef(Frozen):
    """A contact of an incident, and where its newest record stands in the pool's log. No text.

    wordless: there was nothing to read, so its skill is a guess. call_status: of a call, the newest known.
    parts: all that was told of a contact that came in parts, by name; then severity, skill, wordless and position are
        those of the most severe words.
    """

    contact_id: str
    channel: Medium
    severity: Severity
    skill: Skill
    partition: int
    offset: int
    hops: Hops
    direction: Direction = Direction.INBOUND
    wordless: bool = False
    call_status: CallStatus | None = None
    parts: tuple[Part, ...] = ()


class Change(Frozen):
    """One entry of an incident's history: what happened, when, by which contact or agent, and why."""

    type: IncidentType
    at: AwareDatetime
    reason: str | None = None
    contact_id: str | None = None
    agent_id: str | None = None
    severity: Severity | None = None
    skill: Skill | None = None
    evidence: tuple[Evidence, ...] = ()


class Incident(Frozen):
    """What the pool keeps of an incident; the queue event is a view of it.

    type: of the last event, so that its record can be written again as it was.
    floor: a rule made it S1 at some time. seen_sequences: highest update sequence of each call.
    """

    incident_id: str
    pool: str
    person_id: str
    revision: int
    type: IncidentType
    state: IncidentState
    severity: Severity
    floor: bool = False
    skill: Skill
    skills: tuple[Skill, ...]
    languages: tuple[str, ...] = ()
    contacts: tuple[ContactRef, ...]
    evidence: tuple[Evidence, ...] = ()
    opened_at: AwareDatetime
    waiting_since: AwareDatetime
    last_contact_at: AwareDatetime
    changed_at: AwareDatetime
    owner: str | None = None
    owned_since: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    changes: tuple[Change, ...] = ()
    delivery: str
    traceparent: str | None = None
