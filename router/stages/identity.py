"""Identity: who is it? The first of the pool's three functions.

A person is who is behind an address: by default each address has one of its own, whose id is made of the address's
key; `people.changed` may say otherwise (router.stages.people). A person's entry lists what is open of theirs.
"""

from __future__ import annotations

from router.model import ids
from router.model.incident import Incident
from router.policy.model import RetentionPolicy
from router.stages import retention, state
from router.stages.cause import Cause
from router.stages.contract import Entries, Entry
from router.stages.state import AddressLink, KnownContact


def identify(entries: Entries, address_key: str | None, contact_id: str, cause: Cause) -> str:
    """The person's id: as linked, else of the address; who withholds theirs is one person a contact."""
    link = _link(entries, address_key, cause)
    return ids.person_id(address_key, contact_id) if link is None else link.person_id


def contacted(
    entries: Entries, contact: KnownContact, incident: Incident | None, cause: Cause, policy: RetentionPolicy
) -> Entries:
    """The same state once the person's contact went into `incident`. It keeps alive what links them to the address."""
    known = state.person(entries, contact.person_id, cause.at)
    still = known.open
    if incident is not None and incident.incident_id not in still:
        still = (*still, incident.incident_id)
    person = known.model_copy(update={"open": still, "last_contact_at": cause.at})
    changes: dict[str, Entry | None] = {f"person/{contact.person_id}": retention.of_person(person, cause.at, policy)}
    link = _link(entries, contact.address_key, cause)
    if link is not None:
        renewed = link.model_copy(update={"expires_at": cause.at + policy.persons})
        changes[f"address/{contact.address_key}"] = renewed
    return state.put(entries, changes)


def closed(entries: Entries, incident: Incident, cause: Cause, policy: RetentionPolicy) -> Entries:
    """The same state once `incident` is no longer open for its person."""
    known = state.person(entries, incident.person_id, cause.at)
    still = tuple(each for each in known.open if each != incident.incident_id)
    person = known.model_copy(update={"open": still})
    return entries.put(f"person/{incident.person_id}", retention.of_person(person, cause.at, policy))


def _link(entries: Entries, address_key: str | None, cause: Cause) -> AddressLink | None:
    return None if address_key is None else state.live(entries, f"address/{address_key}", AddressLink, cause.at)
