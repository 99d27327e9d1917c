"""`people.changed`: one person is behind several addresses.

What is open of whoever was thought to be behind them becomes this person's, each incident by an event of its own,
so that the person's next contact, from whichever address, finds it.
"""

from __future__ import annotations

from collections.abc import Collection

from router.model import ids
from router.model.events import PeopleChanged
from router.model.incident import Incident
from router.policy.model import RetentionPolicy
from router.stages import cases, retention, state, views
from router.stages.cause import Cause
from router.stages.contract import Entries, Entry, Step, Undecodable
from router.stages.identity import identify
from router.stages.state import AddressLink, KnownContact

ADDRESSES_AT_MOST = 200
INCIDENTS_AT_MOST = 200


def linked(entries: Entries, event: PeopleChanged, cause: Cause, policy: RetentionPolicy) -> Step:
    """The state once the addresses are this person's; at most 200 incidents come along, the newest.

    Raises Undecodable for more than 200 addresses: one event changes at most 1,000 entries.
    """
    keys = tuple(dict.fromkeys(event.address_keys))
    if len(keys) > ADDRESSES_AT_MOST:
        raise Undecodable("malformed", "address_keys", f"at most {ADDRESSES_AT_MOST}", str(len(keys)))
    former = _former(entries, keys, cause) - {event.person_id}
    coming = _open_from(entries, former, set(keys), cause)[-INCIDENTS_AT_MOST:]
    moved = [(each, cases.of_person(each, event.person_id, cause)) for each in coming]
    ends = cause.at + policy.persons
    changes: dict[str, Entry | None] = {
        f"address/{key}": AddressLink(person_id=event.person_id, expires_at=ends) for key in keys
    }
    changes |= {f"incident/{after.incident_id}": retention.of_incident(after, policy) for _, after in moved}
    taken = tuple(each.incident_id for each in coming)
    for person_id in sorted(former):
        changes |= _without(entries, person_id, taken, cause, policy)
    changes |= _with(entries, event.person_id, taken, cause, policy)
    outcomes = tuple(outcome for before, after in moved for outcome in views.changed(before, after))
    return Step(state.put(entries, changes), outcomes)


def _former(entries: Entries, keys: Collection[str], cause: Cause) -> set[str]:
    """Who was thought to be behind the addresses: as linked before, and each address's own person."""
    return {identify(entries, key, "", cause) for key in keys} | {ids.person_id(key, "") for key in keys}


def _open_from(entries: Entries, persons: Collection[str], keys: set[str], cause: Cause) -> list[Incident]:
    """Open incidents of `persons` that began with, or hold, a contact from one of the addresses; the oldest first."""
    own = {ids.person_id(key, "") for key in keys}
    found = [
        incident
        for person_id in sorted(persons)
        for incident in state.open_incidents(entries, state.person(entries, person_id, cause.at).open, cause.at)
        if person_id in own or any(_came_from(entries, ref.contact_id, keys, cause) for ref in incident.contacts)
    ]
    return sorted(found, key=lambda each: (each.opened_at, each.incident_id))


def _came_from(entries: Entries, contact_id: str, keys: set[str], cause: Cause) -> bool:
    known = state.live(entries, f"contact/{contact_id}", KnownContact, cause.at)
    return known is not None and known.address_key in keys


def _without(
    entries: Entries, person_id: str, taken: Collection[str], cause: Cause, policy: RetentionPolicy
) -> dict[str, Entry | None]:
    known = state.person(entries, person_id, cause.at)
    left = tuple(each for each in known.open if each not in taken)
    if left == known.open:
        return {}
    person = known.model_copy(update={"open": left})
    return {f"person/{person_id}": retention.of_person(person, cause.at, policy)}


def _with(
    entries: Entries, person_id: str, incident_ids: Collection[str], cause: Cause, policy: RetentionPolicy
) -> dict[str, Entry | None]:
    known = state.person(entries, person_id, cause.at)
    person = known.model_copy(update={"open": tuple(dict.fromkeys((*known.open, *incident_ids)))})
    return {f"person/{person_id}": retention.of_person(person, cause.at, policy)}
