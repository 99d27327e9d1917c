"""Tells the story of a contact or an incident from the records that name it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import AwareDatetime

from channels.contact import Contact, Medium
from router.cli.story import ContactStory, Hop, IncidentStory, Reason, Refusal, Revealed, Step, Story, ToldPart
from router.model.events import ContactReceived, ContactScored, Position, QueueEvent
from router.model.incident import Change, ContactRef, IncidentType, Part
from scoring.model import Assessment, Effect, Evidence, Severity, Skill

Place = tuple[str, AwareDatetime | None, Position | None]


@dataclass(frozen=True)
class Seen:
    """One event of a queue topic and where it stands."""

    event: QueueEvent
    type: str
    version: tuple[int, int]
    position: Position


@dataclass(frozen=True)
class Told:
    """What is known of one contact outside of the queues. updates: later deliveries of the same contact seen."""

    scored: ContactScored | None = None
    scored_at: Position | None = None
    received: ContactReceived | None = None
    received_at: Position | None = None
    updates: int = 0


@dataclass(frozen=True)
class Found:
    """Everything that the search turned up."""

    asked: str
    contact_id: str | None = None
    seen: Sequence[Seen] = ()
    told: Mapping[str, Told] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()


def build(found: Found, *, reveal: bool = False) -> Story:
    """The story; a personal part only if `reveal`."""
    last = max(found.seen, key=lambda one: one.version, default=None)
    contacts: tuple[ContactStory, ...]
    if last is None:
        contacts = tuple(_lone(contact_id, told, reveal) for contact_id, told in found.told.items())
        incident = None
    else:
        entries = {ref.contact_id: _appearance(ref, found.seen) for ref in last.event.contacts}
        contacts = tuple(
            _placed(ref, found.told.get(ref.contact_id, Told()), entries[ref.contact_id], reveal)
            for ref in last.event.contacts
        )
        incident = _incident(last)
    return Story(
        asked=found.asked,
        contact_id=found.contact_id,
        incident=incident,
        contacts=contacts,
        refusals=found.refusals,
    )


def _incident(last: Seen) -> IncidentStory:
    event = last.event
    return IncidentStory(
        incident_id=event.incident_id,
        pool=event.pool,
        state=event.state,
        severity=event.severity,
        skill=event.skill,
        skills=event.skills,
        queue=last.position.topic,
        languages=event.languages,
        channels=event.channels,
        person_id=event.person_id,
        opened_at=event.opened_at,
        waiting_since=event.waiting_since,
        owner=event.owner,
        owned_since=event.owned_since,
        resolved_at=event.resolved_at,
        history=_history(event.changes),
    )


def _history(changes: Sequence[Change]) -> tuple[Step, ...]:
    """Each change, with what severity and skill were before where it moved them."""
    steps: list[Step] = []
    severity: Severity | None = None
    skill: Skill | None = None
    for change in changes:
        steps.append(
            Step(
                event=change.type.value.removeprefix("incident."),
                at=change.at,
                reason=change.reason,
                by=change.agent_id or change.contact_id,
                severity=change.severity,
                severity_before=severity if change.severity and severity and severity != change.severity else None,
                skill=change.skill,
                skill_before=skill if change.skill and skill and skill != change.skill else None,
                rules=tuple(dict.fromkeys(one.rule for one in change.evidence)),
            )
        )
        severity = change.severity or severity
        skill = change.skill or skill
    return tuple(steps)


def _appearance(ref: ContactRef, seen: Sequence[Seen]) -> Position | None:
    """Where the contact first stood on a queue; None where compaction has taken that record."""
    for one in sorted(seen, key=lambda one: one.version):
        if any(held.contact_id == ref.contact_id for held in one.event.contacts):
            arrived = one.type in (IncidentType.OPENED, IncidentType.JOINED) and one.event.changes
            return one.position if arrived and one.event.changes[-1].contact_id == ref.contact_id else None
    return None


def _placed(ref: ContactRef, told: Told, queue: Position | None, reveal: bool) -> ContactStory:
    pool = told.scored_at or Position(topic="pool", partition=ref.partition, offset=ref.offset, at=ref.hops.pool_at)
    inbound = told.received_at or (told.scored.inbound if told.scored else None)
    story = ContactStory(
        contact_id=ref.contact_id,
        channel=ref.channel,
        severity=ref.severity,
        skill=ref.skill,
        updates=told.updates,
        parts=tuple(_part(each, ref) for each in ref.parts if each.name),
        expired=told.scored is None,
    )
    hops = [
        ("received", ref.hops.received_at, None),
        ("inbound", ref.hops.inbound_at, inbound),
        ("pool", ref.hops.pool_at, pool),
        ("queue", queue.at if queue else None, queue),
    ]
    return _with_hops(_with_scored(story, told, reveal), hops)


def _part(part: Part, ref: ContactRef) -> ToldPart:
    return ToldPart(
        name=part.name,
        where=f"pool[{part.partition}]@{part.offset}",
        severity=part.severity,
        skill=part.skill,
        words=not part.wordless,
        stands=(part.partition, part.offset) == (ref.partition, ref.offset),
    )


def _lone(contact_id: str, told: Told, reveal: bool) -> ContactStory:
    """A contact that no queue shows (any more, or yet)."""
    known = told.scored or told.received
    if known is None:
        return ContactStory(contact_id=contact_id, channel=Medium.TICKET, expired=True)
    story = ContactStory(contact_id=contact_id, channel=known.contact.medium, updates=told.updates)
    hops = [
        ("received", known.received_at, None),
        ("inbound", told.received_at.at if told.received_at else None, told.received_at),
        ("pool", told.scored_at.at if told.scored_at else None, told.scored_at),
    ]
    return _with_hops(_with_scored(story, told, reveal), hops)


def _with_scored(story: ContactStory, told: Told, reveal: bool) -> ContactStory:
    known = told.scored or told.received
    if known is None:
        return story
    contact = known.contact
    new: dict[str, object] = {
        "provider": contact.provider,
        "provider_id": contact.provider_id,
        "attachments": len(contact.attachments),
        "automatic": contact.automatic,
        "kept_out": contact.automatic is not None and contact.automatic.kept_out,
        "address_key": known.address_key,
        "revealed": _revealed(contact) if reveal else None,
    }
    if told.scored is not None:
        assessment = told.scored.assessment
        new |= {
            "severity": assessment.severity,
            "skill": assessment.skill,
            "languages": assessment.languages,
            "floor": assessment.floor,
            "rules_version": assessment.version,
            "reasons": _reasons(assessment, contact, reveal),
        }
    return story.model_copy(update=new)


def _with_hops(
    story: ContactStory, places: Sequence[tuple[str, AwareDatetime | None, Position | None]]
) -> ContactStory:
    hops: list[Hop] = []
    for name, at, where in places:
        if at is None:
            continue
        ms = (at - hops[-1].at).total_seconds() * 1000 if hops else None
        stands = f"{where.topic}[{where.partition}]@{where.offset}" if where else None
        hops.append(Hop.model_validate({"name": name, "at": at, "ms": ms, "where": stands}))
    total = (hops[-1].at - hops[0].at).total_seconds() * 1000 if len(hops) > 1 else None
    return story.model_copy(update={"hops": tuple(hops), "total_ms": total})


def _revealed(contact: Contact) -> Revealed:
    return Revealed(
        sender=contact.sender.value if contact.sender else None,
        sender_name=contact.sender_name,
        subject=contact.subject,
        text=contact.text,
    )


def _reasons(assessment: Assessment, contact: Contact, reveal: bool) -> tuple[Reason, ...]:
    return tuple(_reason(one, contact if reveal else None) for one in assessment.evidence)


def _reason(one: Evidence, contact: Contact | None) -> Reason:
    words = None
    if contact is not None:
        words = ((contact.subject or "") if one.field == "subject" else contact.text)[one.start : one.end] or None
    return Reason(
        rule=one.rule,
        severity=one.severity,
        skill=one.skill,
        lowers=one.effect is Effect.LOWERS,
        scope=one.scope,
        field=one.field,
        start=one.start,
        end=one.end,
        words=words,
    )
