"""What a contact makes of an incident: opened by it, joined by it, changed by more that is known of it.

Each gives the incident with its next revision and an entry in its history; which incident, and whether the
severity changes, was decided before (router.stages.triage).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from router.model import ids
from router.model.incident import Change, ContactRef, Incident, IncidentState, IncidentType
from router.policy.model import Policy
from router.stages.arrival import Arrival
from router.stages.cause import Cause
from scoring.model import Combined, Evidence, Skill

EVIDENCE_AT_MOST = 100
CHANGES_AT_MOST = 50
EVIDENCE_OF_A_CHANGE = 20


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """What became of an incident; before is None where it was opened."""

    before: Incident | None
    after: Incident


def revised(
    incident: Incident, cause: Cause, kind: IncidentType, changes: tuple[Change, ...], **fields: Any
) -> Incident:
    """The incident's next revision, of type `kind`, made by `cause`. fields: what else becomes different."""
    return incident.model_copy(
        update={
            "revision": incident.revision + 1,
            "type": kind,
            "changed_at": cause.at,
            "delivery": cause.id,
            "traceparent": cause.traceparent,
            "changes": (*incident.changes, *changes)[-CHANGES_AT_MOST:],
            **fields,
        }
    )


def opened(arrival: Arrival, person_id: str, combined: Combined, policy: Policy) -> Incident:
    """The incident that `arrival` opens."""
    assessment, cause = arrival.assessment, arrival.cause
    return Incident(
        incident_id=ids.incident_id(arrival.scored.pool, arrival.contact_id),
        pool=arrival.scored.pool,
        person_id=person_id,
        revision=1,
        type=IncidentType.OPENED,
        state=IncidentState.WAITING,
        severity=combined.severity,
        floor=assessment.floor or combined.floor,
        skill=assessment.skill,
        skills=_skills(assessment.skill, assessment.skills, policy),
        languages=assessment.languages,
        contacts=(arrival.ref,),
        evidence=arrival.signed(assessment.evidence)[-EVIDENCE_AT_MOST:],
        opened_at=arrival.cause.at,
        waiting_since=arrival.since,
        last_contact_at=arrival.since,
        changed_at=cause.at,
        changes=_changes(arrival, IncidentType.OPENED, combined, assessment.skill),
        delivery=cause.id,
        traceparent=cause.traceparent,
    )


def joined(incident: Incident, arrival: Arrival, combined: Combined, policy: Policy) -> Incident:
    """The incident with one more contact. If that lowers its severity, the event's type is `incident.changed`."""
    kind = IncidentType.CHANGED if _lowers(incident, combined) else IncidentType.JOINED
    contacts = (*incident.contacts, arrival.ref)
    return _weighed(incident, arrival, combined, policy, kind, contacts, _later(incident, arrival.since))


def updated(incident: Incident, arrival: Arrival, combined: Combined, policy: Policy) -> Incident:
    """The incident once more is known of a contact that it holds."""
    return _weighed(incident, arrival, combined, policy, IncidentType.CHANGED, _replaced(incident, arrival.ref), {})


def reopened(incident: Incident, arrival: Arrival, combined: Combined, policy: Policy) -> Incident:
    """A resolved incident that waits again, with the severity of what has become known."""
    fields: dict[str, Any] = {
        "state": IncidentState.WAITING,
        "owner": None,
        "owned_since": None,
        "resolved_at": None,
        "waiting_since": arrival.since,
        **_later(incident, arrival.since),
    }
    again = combined.model_copy(update={"reason": "reopened"})
    return _weighed(incident, arrival, again, policy, IncidentType.CHANGED, _replaced(incident, arrival.ref), fields)


def answered(incident: Incident, arrival: Arrival) -> Incident:
    """The incident with a contact of ours: recorded, and no part of what is judged."""
    change = Change(type=IncidentType.JOINED, at=arrival.cause.at, reason="outbound", contact_id=arrival.contact_id)
    return revised(
        incident,
        arrival.cause,
        IncidentType.JOINED,
        (change, *_misdated(arrival, IncidentType.JOINED)),
        contacts=(*incident.contacts, arrival.ref),
        **_later(incident, arrival.since),
    )


def noted(incident: Incident, arrival: Arrival, reason: str) -> Incident:
    """The incident once more is known of a contact that it holds, and nothing of it is to be judged."""
    change = Change(type=IncidentType.CHANGED, at=arrival.cause.at, reason=reason, contact_id=arrival.contact_id)
    contacts = _replaced(incident, arrival.ref)
    return revised(incident, arrival.cause, IncidentType.CHANGED, (change,), contacts=contacts)


def of_person(incident: Incident, person_id: str, cause: Cause) -> Incident:
    """The incident once it is known whose it is."""
    change = Change(type=IncidentType.CHANGED, at=cause.at, reason="person")
    return revised(incident, cause, IncidentType.CHANGED, (change,), person_id=person_id)


def _weighed(
    incident: Incident,
    arrival: Arrival,
    combined: Combined,
    policy: Policy,
    kind: IncidentType,
    contacts: tuple[ContactRef, ...],
    fields: dict[str, Any],
) -> Incident:
    assessment = arrival.assessment
    skill = _primary(contacts, policy)
    return revised(
        incident,
        arrival.cause,
        kind,
        _changes(arrival, kind, _argued(incident, arrival, combined), skill),
        severity=combined.severity,
        floor=incident.floor or combined.floor or assessment.floor,
        skill=skill,
        skills=_skills(skill, (*incident.skills, *assessment.skills), policy),
        languages=tuple(dict.fromkeys((*incident.languages, *assessment.languages))),
        contacts=contacts,
        evidence=_evidence(incident, arrival),
        **fields,
    )


def _lowers(incident: Incident, combined: Combined) -> bool:
    return combined.severity > incident.severity


def _argued(incident: Incident, arrival: Arrival, combined: Combined) -> Combined:
    """A lowering is never without evidence: where none was singled out, it is the contact's."""
    if combined.evidence or not _lowers(incident, combined):
        return combined
    return combined.model_copy(update={"evidence": arrival.assessment.evidence})


def _later(incident: Incident, at: datetime) -> dict[str, Any]:
    return {"last_contact_at": max(incident.last_contact_at, at)}


def _replaced(incident: Incident, ref: ContactRef) -> tuple[ContactRef, ...]:
    """The contacts with a newer `ref` of one; when it first came stays."""
    return tuple(
        ref.model_copy(update={"hops": each.hops}) if each.contact_id == ref.contact_id else each
        for each in incident.contacts
    )


def _primary(contacts: tuple[ContactRef, ...], policy: Policy) -> Skill:
    """The first, in the policy's order, of what the person's contacts are about; a guess counts only without words."""
    theirs = [ref for ref in contacts if ref.direction is not ref.direction.OUTBOUND]
    told = [ref.skill for ref in theirs if not ref.wordless and ref.skill is not Skill.GENERAL]
    return (policy.ordered(told) or policy.ordered(ref.skill for ref in theirs) or (Skill.GENERAL,))[0]


def _skills(primary: Skill, skills: tuple[Skill, ...], policy: Policy) -> tuple[Skill, ...]:
    """The primary first, the rest in the policy's order; general only where nothing else fits."""
    return (primary, *(each for each in policy.ordered(skills) if each not in (primary, Skill.GENERAL)))


def _evidence(incident: Incident, arrival: Arrival) -> tuple[Evidence, ...]:
    """All contacts' evidence, the newest last; what an update says of its contact takes the place of what was said.

    A contact's evidence is that of the record which its place names, so that spans and text belong together.
    """
    if (arrival.ref.partition, arrival.ref.offset) != (arrival.position.partition, arrival.position.offset):
        return incident.evidence
    others = tuple(each for each in incident.evidence if each.contact_id != arrival.contact_id)
    return (*others, *arrival.signed(arrival.assessment.evidence))[-EVIDENCE_AT_MOST:]


def _changes(arrival: Arrival, kind: IncidentType, combined: Combined, skill: Skill) -> tuple[Change, ...]:
    change = Change(
        type=kind,
        at=arrival.cause.at,
        reason=combined.reason,
        contact_id=arrival.contact_id,
        severity=combined.severity,
        skill=skill,
        evidence=arrival.signed(combined.evidence[-EVIDENCE_OF_A_CHANGE:]),
    )
    return (change, *_misdated(arrival, kind))


def _misdated(arrival: Arrival, kind: IncidentType) -> tuple[Change, ...]:
    if not arrival.misdated:
        return ()
    return (Change(type=kind, at=arrival.cause.at, reason="clock", contact_id=arrival.contact_id),)
