"""Events as a worker writes them, of the size that they have in practice, with the time at which they were sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from router.model import cloudevents
from router.model.cloudevents import Attributes, Message
from router.model.events import QueueEvent
from router.model.incident import Change, ContactRef, Hops, IncidentState, IncidentType
from scoring.model import Effect, Evidence, Severity, Skill

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# The person's id is the one field that may hold anything: here the time of sending, in nanoseconds.
MARK = "p_bench_"
DIGITS = 19
SENT = re.compile(rb"%b([0-9]{%d})" % (MARK.encode(), DIGITS))
LONGEST = len(MARK) + DIGITS


def message(number: int, revision: int, skill: Skill, sent_ns: int) -> Message:
    """The incident `number` at `revision`: two contacts, four pieces of evidence, four changes; about 2.5 KB."""
    incident = f"i_bench_{number:026}"
    contacts = tuple(_contact(f"c_{number:024}{which}", skill) for which in "ab")
    evidence = tuple(
        Evidence(
            rule=f"{skill.value}.rule-{which}", start=3, end=17, effect=Effect.RAISES, severity=Severity.S2, skill=skill
        )
        for which in range(4)
    )
    kinds = (IncidentType.OPENED, IncidentType.JOINED, IncidentType.CLAIMED, IncidentType.RELEASED)
    value = QueueEvent(
        incident_id=incident,
        pool="bench",
        revision=revision,
        state=IncidentState.WAITING,
        severity=Severity.S2,
        skill=skill,
        skills=(skill,),
        languages=("en",),
        person_id=f"{MARK}{sent_ns:0{DIGITS}}",
        contact_ids=tuple(ref.contact_id for ref in contacts),
        contacts=contacts,
        channels=tuple(ref.channel for ref in contacts),
        opened_at=AT,
        waiting_since=AT,
        evidence=evidence,
        changes=tuple(Change(type=kind, at=AT, contact_id=contacts[0].contact_id) for kind in kinds),
    )
    attributes = Attributes(
        id=f"{incident}:{revision}",
        type=IncidentType.CHANGED.value,
        source="/bench",
        subject=incident,
        time=AT,
        epoch=1,
        revision=revision,
    )
    return cloudevents.message(f"queue.{skill.value}", incident, value, attributes)


def _contact(contact_id: str, skill: Skill) -> ContactRef:
    hops = Hops(received_at=AT, inbound_at=AT, pool_at=AT)
    return ContactRef(
        contact_id=contact_id, channel="sms", severity=Severity.S2, skill=skill, partition=0, offset=1, hops=hops
    )


class Receipts:
    """Finds the events in one stream's bytes, in whatever pieces they come."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, piece: bytes) -> list[int]:
        """When each of the events in it was sent, in nanoseconds."""
        data, end = self._rest + piece, 0
        found: list[int] = []
        for match in SENT.finditer(data):
            found.append(int(match[1]))
            end = match.end()
        self._rest = data[max(end, len(data) - LONGEST) :]
        return found
