"""One provider's id is one contact, one contact is in one incident, one incident is on one queue."""

from __future__ import annotations

from collections.abc import Iterator

from tests.checker.facts import Facts, Received, Scored, positions
from tests.checker.findings import Finding, Kind


def doubled(facts: Facts) -> Iterator[Finding]:
    contacts: dict[tuple[str, str], dict[str, str]] = {}
    tellings: list[Received | Scored] = [*facts.received, *facts.scored]
    for each in tellings:
        told = each.value.contact
        contacts.setdefault((told.provider, told.provider_id), {})[each.value.contact_id] = positions([each.record])[0]
    for (provider, provider_id), found in contacts.items():
        if len(found) > 1:
            says = "one provider's id, several contacts"
            yield Finding(Kind.DOUBLED, says, (f"{provider}:{provider_id}", *found), tuple(found.values()))
    holders: dict[str, dict[str, str]] = {}
    for told_ in facts.told:
        if told_.event is not None:
            for contact in told_.event.contact_ids:
                holders.setdefault(contact, {}).setdefault(told_.key, positions([told_.record])[0])
            if len(set(told_.event.contact_ids)) < len(told_.event.contact_ids):
                yield Finding(Kind.DOUBLED, "a contact twice in its incident", (told_.key,), positions([told_.record]))
    for contact, incidents in holders.items():
        if len(incidents) > 1:
            yield Finding(
                Kind.DOUBLED, "one contact, several incidents", (contact, *incidents), tuple(incidents.values())
            )
    places: dict[str, list[str]] = {}
    for there in facts.incidents:
        places.setdefault(there.key, []).extend(positions([there.record]))
    for incident, where in places.items():
        if len(where) > 1:
            yield Finding(Kind.DOUBLED, "one incident, several queues", (incident,), tuple(where))
