"""Queue events for the terminal's tests: an emergency by text and call, as the pool would write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from channels.contact import Medium
from router.model import cloudevents
from router.model.cloudevents import Attributes
from router.model.events import QueueEvent
from router.model.ids import contact_id, incident_id
from router.model.incident import Change, ContactRef, Hops, IncidentState, IncidentType
from router.stages.contract import Record
from scoring.model import Evidence, Severity, Skill

AT = datetime(2026, 11, 22, 14, 3, 11, 120_000, tzinfo=UTC)
TEXT = contact_id("twilio", "SM1")
CALL = contact_id("twilio", "CA1")
INCIDENT = incident_id("petcare", TEXT)
CHOCOLATE = Evidence(
    rule="vet.toxic", start=3, end=16, severity=Severity.S1, skill=Skill.EMERGENCY_VET, contact_id=TEXT
)


def ref(contact: str, channel: Medium, at: datetime, offset: int = 7) -> ContactRef:
    return ContactRef(
        contact_id=contact,
        channel=channel,
        severity=Severity.S1,
        skill=Skill.EMERGENCY_VET,
        partition=0,
        offset=offset,
        hops=Hops(
            received_at=at,
            inbound_at=at + timedelta(milliseconds=2),
            pool_at=at + timedelta(milliseconds=5),
        ),
    )


def opened() -> QueueEvent:
    """The incident after its text."""
    at = AT + timedelta(milliseconds=5)
    return QueueEvent(
        incident_id=INCIDENT,
        pool="petcare",
        revision=1,
        state=IncidentState.WAITING,
        severity=Severity.S1,
        skill=Skill.EMERGENCY_VET,
        skills=(Skill.EMERGENCY_VET,),
        languages=("en",),
        person_id="p_ann",
        contact_ids=(TEXT,),
        contacts=(ref(TEXT, Medium.SMS, AT),),
        channels=(Medium.SMS,),
        opened_at=at,
        waiting_since=AT,
        evidence=(CHOCOLATE,),
        changes=(
            Change(
                type=IncidentType.OPENED,
                at=at,
                contact_id=TEXT,
                severity=Severity.S1,
                skill=Skill.EMERGENCY_VET,
                evidence=(CHOCOLATE,),
            ),
        ),
    )


def joined() -> QueueEvent:
    """The incident after its call, 1.5 s later."""
    before = opened()
    at = AT + timedelta(seconds=1.5)
    change = Change(type=IncidentType.JOINED, at=at, contact_id=CALL, reason="same person", severity=Severity.S1)
    return before.model_copy(
        update={
            "revision": 2,
            "contact_ids": (TEXT, CALL),
            "contacts": (*before.contacts, ref(CALL, Medium.CALL, at, offset=9)),
            "channels": (Medium.SMS, Medium.CALL),
            "changes": (*before.changes, change),
        }
    )


def record(event: QueueEvent, kind: IncidentType, offset: int, at: datetime) -> Record:
    """The event as it stands on its queue."""
    attributes = Attributes(
        id=f"{event.incident_id}:{event.revision}",
        type=kind.value,
        source="/router/pool",
        subject=event.incident_id,
        time=at,
        epoch=1,
        revision=event.revision,
    )
    message = cloudevents.message(f"queue.{event.skill}", event.incident_id, event, attributes)
    return Record(message.topic, 0, offset, message.key, message.value, message.headers, at)
