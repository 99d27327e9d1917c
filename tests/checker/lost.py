"""Acknowledged, and then? On an inbound topic, in the pool's log, in an incident; or dead-lettered, with its reason.

In no incident belongs what a machine answered to mail of ours, what we sent to somebody of whom nothing is open, and a
part without words of a contact that never came.
"""

from __future__ import annotations

from collections.abc import Iterator

from channels.contact import Direction
from router.model import ids
from tests.checker.facts import Facts, Scored, positions
from tests.checker.findings import Finding, Kind
from tests.checker.ledger import Ledger


def lost(ledger: Ledger, facts: Facts) -> Iterator[Finding]:
    received = {each.delivery for each in facts.received}
    scored: dict[str, list[Scored]] = {}
    for each in facts.scored:
        scored.setdefault(each.delivery, []).append(each)
    held = {contact for told in facts.incidents if told.event for contact in told.event.contact_ids}
    belonging = {each.value.contact_id for each in facts.scored if _belongs(each)}
    for sent in ledger.sent:
        if not sent.acknowledged:
            continue
        delivery = f"{sent.provider}:{sent.delivery}"
        contact = ids.contact_id(sent.provider, sent.provider_id)
        if (f"/channels/{sent.provider}", sent.delivery) in facts.dead or ("/stages/intake", delivery) in facts.dead:
            continue
        if delivery not in received:
            yield Finding(Kind.LOST, "acknowledged, on no inbound topic", (delivery, contact))
        elif delivery not in scored:
            yield Finding(Kind.LOST, "received, not in the pool's log", (delivery, contact))
        elif contact not in held and contact in belonging:
            where = positions(each.record for each in scored[delivery])
            yield Finding(Kind.LOST, "in the pool's log, in no incident", (delivery, contact), where)


def _belongs(scored: Scored) -> bool:
    contact = scored.value.contact
    automatic = contact.automatic is not None and contact.automatic.kept_out
    silent = contact.part is not None and scored.value.assessment.wordless
    return not automatic and not silent and contact.direction is not Direction.OUTBOUND
