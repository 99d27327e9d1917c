"""Triage: does this contact belong to an open incident of its person, or open a new one?

The second of the pool's three functions: identity has said who it is; dispatch is told what changed. A contact joins
an open incident of its person whose last contact isn't too long ago; of several the most urgent, then the oldest.
What we send never opens one. What comes later for a contact stays with its incident. What a machine answers to mail
of ours (a bounce, an absence note) opens none and joins none; it is recorded. So is a part of a contact that tells
neither who nor what (a recording) until the contact comes.

Words that make a contact S1 or S2 once its incident was resolved (a voicemail's transcript) reopen that incident: it
waits again, for anybody. A new one would hold a contact that another holds too, and to record them only would lose an
emergency that nobody heard. That an agent may hear again what they have dealt with is the smaller evil.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from router.model.incident import ContactRef, Incident
from router.policy.model import Policy, TriagePolicy
from router.stages import cases, parts
from router.stages.arrival import Arrival
from router.stages.cases import IncidentChange
from scoring.model import Assessment, Combined, Context, Severity

Combine = Callable[[tuple[Assessment, ...], Context], Combined]

URGENT = (Severity.S1, Severity.S2)


def triage(
    candidates: Iterable[Incident], arrival: Arrival, person_id: str, policy: Policy, combine: Combine
) -> IncidentChange | None:
    """A new contact of the person whose open incidents are `candidates`. None: it is only recorded."""
    if arrival.kept_out or parts.says_nothing(arrival):
        return None
    incident = belongs_to(candidates, arrival, policy.triage)
    if incident is not None and arrival.ours:
        return IncidentChange(incident, cases.answered(incident, arrival))
    if incident is not None:
        return IncidentChange(incident, cases.joined(incident, arrival, _combined(incident, arrival, combine), policy))
    if arrival.ours:
        return None
    return IncidentChange(None, cases.opened(arrival, person_id, combine((arrival.assessment,), Context()), policy))


def belongs_to(candidates: Iterable[Incident], arrival: Arrival, policy: TriagePolicy) -> Incident | None:
    """The most urgent, then the oldest, of those that the contact may join."""
    recent = (each for each in candidates if _within(each, arrival.since, policy))
    fitting = (each for each in recent if not _apart(each, arrival, policy))
    return min(fitting, key=lambda each: (each.severity, each.opened_at, each.incident_id), default=None)


def _within(incident: Incident, at: datetime, policy: TriagePolicy) -> bool:
    recent = at - incident.last_contact_at <= policy.join_within
    return recent and len(incident.contacts) < policy.contacts_at_most


def _apart(incident: Incident, arrival: Arrival, policy: TriagePolicy) -> bool:
    """An emergency and a quiet matter of another kind; the other way round (its vet bill) they belong together."""
    if arrival.ours or arrival.assessment.severity not in URGENT or incident.severity in URGENT:
        return False
    return incident.skill in policy.separate_matters and arrival.assessment.skill not in policy.separate_matters


def update(incident: Incident, arrival: Arrival, policy: Policy, combine: Combine) -> IncidentChange:
    """More is known of a contact that `incident` holds.

    Judged again only if it says something new of it: that a silent call has ended makes nothing more severe.
    """
    assessment = arrival.assessment
    if arrival.ours or not parts.is_news(arrival, held(incident, arrival.contact_id)):
        return IncidentChange(incident, cases.noted(incident, arrival, _news(arrival)))
    if incident.state.open:
        return IncidentChange(incident, cases.updated(incident, arrival, _combined(incident, arrival, combine), policy))
    if assessment.wordless or assessment.severity not in URGENT:
        return IncidentChange(incident, cases.noted(incident, arrival, _news(arrival)))
    return IncidentChange(incident, cases.reopened(incident, arrival, combine((assessment,), Context()), policy))


def held(incident: Incident, contact_id: str) -> ContactRef | None:
    """The contact as the incident has it."""
    return next((ref for ref in incident.contacts if ref.contact_id == contact_id), None)


def _combined(incident: Incident, arrival: Arrival, combine: Combine) -> Combined:
    context = Context(open=True, severity=incident.severity, floor=incident.floor)
    return combine((arrival.assessment,), context)


def _news(arrival: Arrival) -> str:
    part, status = arrival.scored.contact.part, arrival.ref.call_status
    if part is not None:
        return part.partition(":")[0]
    return "update" if status is None else f"call-{status.value}"
