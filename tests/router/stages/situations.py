"""Situations in words: a pool, what comes to it, and what its readers see. Ann, Ben and the agents are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel

from channels.contact import Address, AddressKind, Automatic, Call, CallStatus, Contact, Direction, Medium
from router.model import ids
from router.model.cloudevents import Attributes, message
from router.model.commands import Claim, OnIncident, Presence, Release, Resolve, SetPresence
from router.model.events import (
    CommandResult,
    ContactReceived,
    ContactScored,
    PeopleChanged,
    PolicyApplied,
    Position,
    QueueEvent,
)
from router.model.incident import Incident
from router.policy.load import default_text, parse, sha256
from router.stages.contract import Entries, Entry, Outcome, Record, Step
from router.stages.entries import Store
from router.stages.in_force import seeded
from router.stages.pool import Pool
from router.stages.state import CLOCK, Clock, IncidentEntry
from scoring.model import Assessment, Effect, Evidence, Severity, Skill

S1, S2, S3, S4 = Severity
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
POLICY = parse(default_text())
KEY = b"a key for tests"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SEVERAL = {skill.value: 5 for skill in Skill} | {"lang-en": 5}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Said:
    """An event on its way to the pool's log. at: its `ce_time`, None for when it is appended."""

    id: str
    type: str
    value: BaseModel
    at: datetime | None = None


def address_key(who: str) -> str:
    return ids.address_key(KEY, Address(kind=AddressKind.HANDLE, value=f"test:{who}"))


def person(who: str) -> str:
    return ids.person_id(address_key(who), "")


def contact_id(name: str) -> str:
    return ids.contact_id("test", name)


def incident_id(name: str) -> str:
    """Of the incident that the contact `name` opened."""
    return ids.incident_id("petcare", contact_id(name))


def policy_applied(text: str | None = None) -> Said:
    text = default_text() if text is None else text
    return Said("policy", "policy.applied", PolicyApplied(sha256=sha256(text), text=text))


def assessed(
    severity: Severity,
    skill: Skill | str,
    *,
    floor: bool = False,
    resolves: bool = False,
    wordless: bool = False,
    languages: tuple[str, ...] = ("en",),
    also: tuple[Skill, ...] = (),
) -> Assessment:
    skill = Skill(skill)
    effect = Effect.LOWERS if resolves else Effect.RAISES
    evidence = Evidence(rule=f"test.{skill.value}", start=0, end=4, effect=effect, severity=severity, skill=skill)
    return Assessment(
        severity=severity,
        skill=skill,
        skills=(skill, *also),
        languages=() if wordless else languages,
        evidence=(evidence,),
        floor=floor,
        resolves=resolves,
        wordless=wordless,
        version="test",
    )


def came(
    name: str,
    who: str | None,
    severity: Severity = S3,
    skill: Skill | str = Skill.GENERAL,
    *,
    medium: Medium = Medium.SMS,
    sequence: int | None = None,
    part: str | None = None,
    call: CallStatus | None = None,
    direction: Direction = Direction.INBOUND,
    at: datetime | None = None,
    delivery: str | None = None,
    floor: bool = False,
    resolves: bool = False,
    wordless: bool = False,
    languages: tuple[str, ...] = ("en",),
    also: tuple[Skill, ...] = (),
    automatic: Automatic | None = None,
) -> Said:
    """`contact.scored`: the contact `name` of `who` (None withholds the address)."""
    delivery = delivery or ":".join(str(each) for each in (name, part, sequence) if each is not None)
    handle = None if who is None else Address(kind=AddressKind.HANDLE, value=f"test:{who}")
    contact = Contact(
        provider="test",
        provider_id=name,
        delivery=delivery,
        sequence=sequence,
        part=part,
        medium=medium,
        direction=direction,
        sender=handle,
        text="" if wordless else "words of a test",
        call=None if call is None else Call(status=call),
        happened_at=at or NOON,
        automatic=automatic,
    )
    scored = ContactScored(
        contact_id=contact_id(name),
        pool="petcare",
        address_key=None if who is None else address_key(who),
        contact=contact,
        assessment=assessed(
            severity, skill, floor=floor, resolves=resolves, wordless=wordless, languages=languages, also=also
        ),
        received_at=at or NOON,
        inbound=Position(topic=f"inbound.{medium.value}", partition=0, offset=0, at=at or NOON),
    )
    return Said(f"test:{delivery}", "contact.scored", scored, at)


def rings(name: str, who: str | None, status: CallStatus = CallStatus.RINGING, sequence: int | None = None) -> Said:
    """A call without words, or what is told of it later."""
    return came(name, who, S2, Skill.GENERAL, medium=Medium.CALL, sequence=sequence, call=status, wordless=True)


def recorded(name: str, who: str | None = None, recording: str = "RE1", sequence: int = 1) -> Said:
    """A call's recording; the provider doesn't tell whose call it was."""
    part = f"recording:{recording}"
    return came(name, who, S2, Skill.GENERAL, medium=Medium.CALL, sequence=sequence, part=part, wordless=True)


def transcribed(
    name: str, who: str | None, severity: Severity, skill: Skill, transcript: str = "TR1", *, wordless: bool = False
) -> Said:
    """What was said on a call."""
    part = f"transcription:{transcript}"
    floor = severity is S1 and not wordless
    return came(name, who, severity, skill, medium=Medium.CALL, sequence=1, part=part, wordless=wordless, floor=floor)


def one_person(who: str, *addresses: str) -> Said:
    keys = tuple(address_key(each) for each in addresses)
    return Said(f"people-{who}", "people.changed", PeopleChanged(person_id=person(who), address_keys=keys))


def presence(
    agent: str,
    state: Presence = Presence.AVAILABLE,
    *,
    skills: dict[str, int] | None = None,
    capacity: int = 3,
    command: str | None = None,
) -> Said:
    command = command or f"{agent}-{state.value}"
    skills = SEVERAL if skills is None else skills
    value = SetPresence(command_id=command, agent_id=agent, presence=state, skills=skills, capacity=capacity)
    return Said(command, "command.presence", value)


def _on(model: type[OnIncident], verb: str, agent: str, contact: str, command: str | None, fingerprint: str) -> Said:
    command = command or f"{agent}-{verb}-{contact}"
    value = model(
        command_id=command,
        agent_id=agent,
        incident_id=incident_id(contact),
        fingerprint=fingerprint or f"{verb}-{contact}",
    )
    return Said(command, f"command.{verb}", value)


def claims(agent: str, contact: str, *, command: str | None = None, fingerprint: str = "") -> Said:
    return _on(Claim, "claim", agent, contact, command, fingerprint)


def releases(agent: str, contact: str, *, command: str | None = None, fingerprint: str = "") -> Said:
    return _on(Release, "release", agent, contact, command, fingerprint)


def resolves(agent: str, contact: str, *, command: str | None = None, fingerprint: str = "") -> Said:
    return _on(Resolve, "resolve", agent, contact, command, fingerprint)


def record(said: Said, offset: int, at: datetime, topic: str = "pool") -> Record:
    """The record of an event, appended at `at`."""
    attributes = Attributes(
        id=said.id, type=said.type, source="/test", subject="test", time=said.at or at, traceparent=TRACE
    )
    made = message(topic, "petcare", said.value, attributes)
    return Record(topic, 0, offset, made.key, made.value, made.headers, at)


@dataclass
class Table:
    """A pool at work: its state, its log and all that it told. The first event takes place at noon."""

    pool: Pool = field(default_factory=Pool)
    store: Store = field(default_factory=Store)
    log: list[Record] = field(default_factory=list)
    told: list[Outcome] = field(default_factory=list)
    now: datetime = NOON

    def __post_init__(self) -> None:
        applied = policy_applied().value
        assert isinstance(applied, PolicyApplied)
        first = seeded(Entries(self.store), applied)
        self.store.merge(first.changes)

    def take(self, said: Said, after: timedelta = timedelta(seconds=1)) -> Step:
        """What the pool makes of an event that is appended `after` the one before it."""
        self.now += after
        return self.take_record(record(said, len(self.log) + 1, self.now))

    def take_record(self, taken: Record) -> Step:
        step = self.pool.step(Entries(self.store), taken)
        self.store.merge(step.entries.changes)
        self.log.append(taken)
        self.told.extend(step.outcomes)
        return step

    def take_all(self, *said: Said) -> Step:
        """Each in turn; the last one's step."""
        return [self.take(each) for each in said][-1]

    def incident(self, contact: str) -> Incident:
        """The incident that the contact opened."""
        entry = self.store[f"incident/{incident_id(contact)}"]
        assert isinstance(entry, IncidentEntry)
        return entry.incident

    def incidents(self) -> list[Incident]:
        return [entry.incident for entry in self.store.values() if isinstance(entry, IncidentEntry)]

    def entry(self, key: str, kind: type[Model]) -> Model:
        found: object = self.store[key]
        assert isinstance(found, kind)
        return found

    def now_of_fold(self) -> datetime:
        return self.entry(CLOCK, Clock).at

    def has(self, key: str) -> bool:
        return key in self.store

    def snapshot(self) -> dict[str, Entry]:
        return dict(self.store)


def on_queues(step: Step) -> list[tuple[str, str, str | None]]:
    """Topic, type and state of what a step told the queues; no state is a tombstone."""
    return [
        (each.topic, each.type, each.value.state.value if isinstance(each.value, QueueEvent) else None)
        for each in step.outcomes
        if each.topic.startswith("queue.")
    ]


def result(step: Step) -> CommandResult:
    """The one result that the step told."""
    found = [each.value for each in step.outcomes if each.type == "command.result"]
    assert len(found) == 1
    assert isinstance(found[0], CommandResult)
    return found[0]


def answer(step: Step) -> tuple[int, str | None, str | None]:
    """Status, reason and owner of the result."""
    said = result(step)
    return said.status, said.reason, said.owner


def received(name: str, *, topic: str = "inbound.sms", offset: int = 7, contact: Contact | None = None) -> Record:
    """A record of an inbound topic, as the gateway writes it."""
    contact = contact or Contact(
        provider="test",
        provider_id=name,
        delivery=name,
        medium=Medium.SMS,
        sender=Address(kind=AddressKind.PHONE, value="+12065550142"),
        recipients=(Address(kind=AddressKind.PHONE, value="+12065550100"),),
        text="My dog ate a whole bar of dark chocolate",
        happened_at=NOON,
    )
    value = ContactReceived(
        contact_id=ids.contact_id(contact.provider, contact.provider_id),
        address_key=address_key("ann"),
        contact=contact,
        received_at=NOON,
    )
    kind = "contact.updated" if contact.update else "contact.received"
    attributes = Attributes(
        id=contact.delivery,
        type=kind,
        source=f"/channels/{contact.provider}",
        subject=value.contact_id,
        time=NOON,
        traceparent=TRACE,
    )
    made = message(topic, "a_key", value, attributes)
    return Record(topic, 2, offset, made.key, made.value, made.headers, NOON + timedelta(milliseconds=2))


def replayed(log: Sequence[Record]) -> Table:
    """Another pool that reads the same log from its start."""
    table = Table()
    for each in log:
        table.take_record(each)
    return table
