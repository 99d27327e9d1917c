"""What the pool's state is made of: small entries, each under `<kind>/<id>`, and how they are read.

    policy                the policy in force, full text
    clock                 the fold's time: the highest append time so far
    seen/<delivery>       a delivery that was taken
    address/<key>         whose address it is, where `people.changed` said so
    person/<id>           the person's open incidents
    contact/<id>          where a contact went, and the newest thing known of it
    incident/<id>         an incident, open or resolved
    agent/<id>            presence, skills and what the agent holds
    result/<command id>   what became of a command

An entry whose time is over counts as absent, whether or not it has been removed yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from pydantic import AwareDatetime, Field

from channels.contact import CallStatus
from router.model.commands import Presence
from router.model.events import CommandResult, Position
from router.model.incident import Incident, Part
from router.stages.contract import Entries, Entry

POLICY = "policy"
CLOCK = "clock"


class PolicyInForce(Entry):
    sha256: str
    text: str


class Clock(Entry):
    at: AwareDatetime


class Seen(Entry):
    """A delivery that was taken; there is nothing more to know."""


class AddressLink(Entry):
    person_id: str


class Person(Entry):
    """open: incidents that the person's next contact may join, in the order of their opening."""

    open: tuple[str, ...] = ()
    last_contact_at: AwareDatetime | None = None


class KnownContact(Entry):
    """incident_id: None for one that was only recorded. sequence: the highest so far, None if there was no update.

    began: it was told itself, not only parts of it. sequences: the highest of each part. parts: those of a contact
    that no incident holds yet.
    """

    incident_id: str | None
    person_id: str
    address_key: str | None
    sequence: int | None
    call_status: CallStatus | None
    position: Position
    began: bool = True
    sequences: dict[str, int] = Field(default_factory=dict)
    parts: tuple[Part, ...] = ()


class IncidentEntry(Entry):
    incident: Incident


class Agent(Entry):
    """incidents: what the agent holds, in the order of the claims. revision: see AgentView."""

    agent_id: str
    presence: Presence
    skills: dict[str, int]
    capacity: int
    incidents: tuple[str, ...] = ()
    revision: int
    changed_at: AwareDatetime


class Answered(Entry):
    result: CommandResult
    fingerprint: str


KINDS: Mapping[str, type[Entry]] = MappingProxyType(
    {
        POLICY: PolicyInForce,
        CLOCK: Clock,
        "seen": Seen,
        "address": AddressLink,
        "person": Person,
        "contact": KnownContact,
        "incident": IncidentEntry,
        "agent": Agent,
        "result": Answered,
    }
)

E = TypeVar("E", bound=Entry)


def live(entries: Entries, key: str, kind: type[E], at: datetime) -> E | None:
    """The entry under `key`, None if there is none or its time is over at `at`."""
    entry = entries.get(key)
    if not isinstance(entry, kind) or (entry.expires_at is not None and entry.expires_at <= at):
        return None
    return entry


def incident(entries: Entries, incident_id: str, at: datetime) -> Incident | None:
    entry = live(entries, f"incident/{incident_id}", IncidentEntry, at)
    return None if entry is None else entry.incident


def open_incidents(entries: Entries, incident_ids: Iterable[str], at: datetime) -> tuple[Incident, ...]:
    """Those of `incident_ids` that are open."""
    found = (incident(entries, each, at) for each in incident_ids)
    return tuple(each for each in found if each is not None and each.state.open)


def person(entries: Entries, person_id: str, at: datetime) -> Person:
    """The person as known, or as nothing is known."""
    return live(entries, f"person/{person_id}", Person, at) or Person()


def agent(entries: Entries, agent_id: str, at: datetime) -> Agent | None:
    return live(entries, f"agent/{agent_id}", Agent, at)


def put(entries: Entries, changes: Mapping[str, Entry | None]) -> Entries:
    """The same state with several entries set or removed, copied once."""
    return Entries(entries.base, {**entries.changes, **changes})
