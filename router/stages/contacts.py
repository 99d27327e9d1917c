"""A contact in the pool: new, more of a known one, or nothing that wasn't known.

Whichever arrives first of a contact and its updates creates it; what has no higher sequence than the newest of its
part goes nowhere. So a call has one place, in whatever order its events come. Parts that say nothing by themselves wait
for the contact, and go with it.
"""

from __future__ import annotations

from dataclasses import replace

from router.model import ids
from router.policy.model import Policy
from router.stages import identity, parts, retention, state, views
from router.stages.arrival import Arrival
from router.stages.cases import IncidentChange
from router.stages.contract import Entries, Step
from router.stages.state import KnownContact, Seen
from router.stages.triage import Combine, held, triage, update


def taken(entries: Entries, came: Arrival, policy: Policy, combine: Combine) -> Step:
    """The state once the contact was taken; unchanged if its delivery was."""
    seen, at = f"seen/{came.cause.id}", came.cause.at
    if state.live(entries, seen, Seen, at) is not None:
        return Step(entries)
    entries = entries.put(seen, Seen(expires_at=at + policy.retention.deliveries))
    known = _known(entries, came)
    if known is None:
        return _new(entries, came, None, policy, combine)
    if not _newer(came, known):
        return Step(entries)
    if known.incident_id is None and not known.began:
        return _new(entries, came, known, policy, combine)
    return _more(entries, came, known, policy, combine)


def _new(entries: Entries, came: Arrival, known: KnownContact | None, policy: Policy, combine: Combine) -> Step:
    """A contact that no incident was looked for yet. known: the parts of it that came before."""
    if known is not None or came.scored.contact.part is not None:
        came = replace(came, ref=parts.together(came, None, () if known is None else known.parts))
    key, cause = came.scored.address_key, came.cause
    person_id = identity.identify(entries, key, came.contact_id, cause)
    candidates = state.open_incidents(entries, state.person(entries, person_id, cause.at).open, cause.at)
    change = triage(candidates, came, person_id, policy, combine)
    incident = None if change is None else change.after
    fresh = KnownContact(
        incident_id=None if incident is None else incident.incident_id,
        person_id=person_id,
        address_key=key,
        sequence=None,
        call_status=None,
        position=came.position,
        began=False,
        sequences={} if known is None else known.sequences,
    )
    entries = identity.contacted(entries, fresh, incident, cause, policy.retention)
    return _with_change(_recorded(entries, came, fresh, policy), change, policy)


def _more(entries: Entries, came: Arrival, known: KnownContact, policy: Policy, combine: Combine) -> Step:
    incident = None if known.incident_id is None else state.incident(entries, known.incident_id, came.cause.at)
    if incident is None:
        return Step(_recorded(entries, came, known, policy))
    came = replace(came, ref=parts.together(came, held(incident, came.contact_id), ()))
    change = update(incident, came, policy, combine)
    if change.after.state.open and not incident.state.open:
        theirs = known.model_copy(update={"person_id": incident.person_id})
        entries = identity.contacted(entries, theirs, change.after, came.cause, policy.retention)
    return _with_change(_recorded(entries, came, known, policy), change, policy)


def _known(entries: Entries, came: Arrival) -> KnownContact | None:
    """What is known of the contact; of one long since forgotten, the incident that it opened, if that stands."""
    known = state.live(entries, f"contact/{came.contact_id}", KnownContact, came.cause.at)
    if known is not None:
        return known
    opened = state.incident(entries, ids.incident_id(came.scored.pool, came.contact_id), came.cause.at)
    if opened is None:
        return None
    return KnownContact(
        incident_id=opened.incident_id,
        person_id=opened.person_id,
        address_key=came.scored.address_key,
        sequence=None,
        call_status=None,
        position=came.position,
    )


def _newer(came: Arrival, known: KnownContact) -> bool:
    sequence, part = came.scored.contact.sequence, came.scored.contact.part
    if part is not None:
        return (0 if sequence is None else sequence) > known.sequences.get(part, -1)
    if not known.began:
        return True
    return sequence is not None and (known.sequence is None or sequence > known.sequence)


def _recorded(entries: Entries, came: Arrival, known: KnownContact, policy: Policy) -> Entries:
    """The contact's entry with its newest record."""
    sequence, part = came.scored.contact.sequence, came.scored.contact.part
    newest: dict[str, object] = {
        "position": came.position,
        "expires_at": came.cause.at + policy.retention.incidents,
        "parts": came.ref.parts if known.incident_id is None else (),
    }
    if part is None:
        newest |= {"sequence": sequence, "call_status": came.ref.call_status, "began": True}
    else:
        newest["sequences"] = {**known.sequences, part: sequence or 0}
    return entries.put(f"contact/{came.contact_id}", known.model_copy(update=newest))


def _with_change(entries: Entries, change: IncidentChange | None, policy: Policy) -> Step:
    if change is None:
        return Step(entries)
    entry = retention.of_incident(change.after, policy.retention)
    entries = entries.put(f"incident/{change.after.incident_id}", entry)
    return Step(entries, views.changed(change.before, change.after))
