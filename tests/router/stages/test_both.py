"""From an inbound record to its queue: both stages in a row, scored by the rules themselves."""

from __future__ import annotations

from datetime import timedelta

from channels.contact import Address, AddressKind, Call, CallStatus, Contact, Medium
from router.model.cloudevents import Attributes, message
from router.stages.contract import Entries, Outcome, Record
from router.stages.intake import Intake
from scoring.model import Severity, Skill
from tests.router.stages.situations import NOON, Table, on_queues, received

INTAKE = Intake(lambda _: "petcare", {"petcare": 0})
ANN = Address(kind=AddressKind.PHONE, value="+12065550142")


def contact(name: str, medium: Medium, text: str = "", call: CallStatus | None = None) -> Contact:
    return Contact(
        provider="test",
        provider_id=name,
        delivery=name,
        medium=medium,
        sender=ANN,
        text=text,
        call=None if call is None else Call(status=call),
        happened_at=NOON,
    )


def on_the_pools_log(outcome: Outcome, table: Table) -> Record:
    """What the broker makes of intake's outcome."""
    attributes = Attributes(outcome.id, outcome.type, "/stages/intake", outcome.subject, outcome.time)
    made = message(outcome.topic, outcome.key, outcome.value, attributes, outcome.partition)
    at = NOON + timedelta(seconds=len(table.log))
    return Record(made.topic, 0, len(table.log), made.key, made.value, made.headers, at)


def comes(table: Table, *contacts: Contact) -> list[list[tuple[str, str, str | None]]]:
    told = []
    for each in contacts:
        record = received(each.provider_id, topic=f"inbound.{each.medium.value}", contact=each)
        (outcome,) = INTAKE.step(Entries({}), record).outcomes
        told.append(on_queues(table.take_record(on_the_pools_log(outcome, table))))
    return told


def test_an_emergency_by_sms_then_phone_then_mail_is_one_s1_incident_on_its_queue() -> None:
    table = Table()
    told = comes(
        table,
        contact("SM1", Medium.SMS, "My dog just ate a whole bar of dark chocolate and is having a seizure"),
        contact("CA1", Medium.CALL, call=CallStatus.RINGING),
        contact("ML1", Medium.EMAIL, "He is still having a seizure, please call me back"),
    )
    assert told == [
        [("queue.emergency-vet", "incident.opened", "waiting")],
        [("queue.emergency-vet", "incident.joined", "waiting")],
        [("queue.emergency-vet", "incident.joined", "waiting")],
    ]
    (incident,) = table.incidents()
    assert (incident.severity, incident.skill, incident.floor) == (Severity.S1, Skill.EMERGENCY_VET, True)
    assert len(incident.contacts) == 3


def test_the_words_of_a_voicemail_put_its_call_on_their_queue() -> None:
    table = Table()
    update = {"sequence": 1, "sender": None}
    recording = contact("CA1", Medium.CALL).model_copy(
        update={**update, "part": "recording:RE1", "delivery": "CA1:recording:RE1"}
    )
    transcript = contact("CA1", Medium.CALL, "My dog is not breathing, please call me").model_copy(
        update={**update, "part": "transcription:TR1", "delivery": "CA1:transcription:TR1"}
    )
    told = comes(table, recording, contact("CA1", Medium.CALL, call=CallStatus.RINGING), transcript)
    assert [each[0] for each in told if each] == [
        ("queue.general", "incident.opened", "waiting"),
        ("queue.emergency-vet", "incident.changed", "waiting"),
    ]
    (incident,) = table.incidents()
    assert (incident.severity, incident.skill, len(incident.contacts)) == (Severity.S1, Skill.EMERGENCY_VET, 1)


def test_a_silent_call_waits_under_general_until_words_say_what_it_is() -> None:
    table = Table()
    told = comes(
        table,
        contact("CA1", Medium.CALL, call=CallStatus.RINGING),
        contact("SM1", Medium.SMS, "My dog escaped from the sitter and is missing now"),
    )
    assert told[0] == [("queue.general", "incident.opened", "waiting")]
    assert told[1][0] == ("queue.lost-pet", "incident.joined", "waiting")
    assert table.incidents()[0].severity is Severity.S1
