from dataclasses import replace
from datetime import timedelta

import pytest

from channels.contact import Address, AddressKind, Call, CallStatus, Contact, Direction, Medium
from router.model.events import ContactScored
from router.stages.contract import Entries, Outcome, Record, Undecodable
from router.stages.intake import HURRY, Intake
from scoring.model import Severity, Skill
from tests.router.stages.situations import NOON, TRACE, assessed, contact_id, received

LINES = {"+12065550100": "petcare", "+12065550199": "boarding"}


def pool_for(addresses: tuple[Address, ...]) -> str:
    return next((LINES[each.value] for each in addresses if each.value in LINES), "petcare")


PARTITIONS = {"petcare": 0, "boarding": 3}
INTAKE = Intake(pool_for, PARTITIONS, assess=lambda _: assessed(Severity.S2, Skill.LOST_PET))


def scored(record: Record, intake: Intake = INTAKE) -> tuple[Outcome, ContactScored]:
    (outcome,) = intake.step(Entries({}), record).outcomes
    assert isinstance(outcome.value, ContactScored)
    return outcome, outcome.value


def test_a_contact_goes_to_its_pools_log_with_its_severity_and_evidence() -> None:
    outcome, value = scored(received("SM1"), Intake(pool_for, PARTITIONS))
    assert (outcome.topic, outcome.partition, outcome.key, outcome.type) == ("pool", 0, "petcare", "contact.scored")
    assert value.assessment.severity is Severity.S1
    assert value.assessment.skill is Skill.EMERGENCY_VET
    assert value.assessment.evidence


def test_the_event_says_which_contact_when_it_came_and_where_its_inbound_record_stands() -> None:
    outcome, value = scored(received("SM1"))
    assert (outcome.subject, outcome.time, outcome.traceparent) == (contact_id("SM1"), NOON, TRACE)
    position = value.inbound
    assert (position.topic, position.partition, position.offset) == ("inbound.sms", 2, 7)
    assert position.at == NOON + timedelta(milliseconds=2)


def test_deliveries_of_two_providers_with_one_id_are_two() -> None:
    assert scored(received("SM1"))[0].id == "test:SM1"


def test_the_pool_is_that_of_the_number_that_was_called() -> None:
    contact = Contact(
        provider="test",
        provider_id="CA1",
        delivery="CA1:2",
        sequence=2,
        medium=Medium.CALL,
        sender=Address(kind=AddressKind.PHONE, value="+12065550142"),
        recipients=(Address(kind=AddressKind.PHONE, value="+12065550199"),),
        call=Call(status=CallStatus.IN_PROGRESS),
        happened_at=NOON,
    )
    outcome, value = scored(received("CA1", topic="inbound.call", contact=contact))
    assert (outcome.key, outcome.partition, value.pool) == ("boarding", 3, "boarding")


def test_the_pool_of_what_we_sent_is_that_of_the_number_it_was_sent_from() -> None:
    contact = Contact(
        provider="test",
        provider_id="SM2",
        delivery="SM2",
        medium=Medium.SMS,
        direction=Direction.OUTBOUND,
        sender=Address(kind=AddressKind.PHONE, value="+12065550199"),
        recipients=(Address(kind=AddressKind.PHONE, value="+12065550100"),),
        happened_at=NOON,
    )
    assert scored(received("SM2", contact=contact))[0].key == "boarding"


def test_the_pool_of_a_call_that_we_made_is_that_of_our_number_which_stands_as_its_recipient() -> None:
    contact = Contact(
        provider="test",
        provider_id="CA2",
        delivery="CA2",
        medium=Medium.CALL,
        direction=Direction.OUTBOUND,
        sender=Address(kind=AddressKind.PHONE, value="+12065550142"),
        recipients=(Address(kind=AddressKind.PHONE, value="+12065550199"),),
        happened_at=NOON,
    )
    assert scored(received("CA2", topic="inbound.call", contact=contact))[0].key == "boarding"


def test_a_record_of_no_channel_is_named_as_such() -> None:
    record = received("SM1")
    headers = tuple((name, b"/elsewhere" if name == "ce_source" else value) for name, value in record.headers)
    with pytest.raises(Undecodable) as caught:
        INTAKE.step(Entries({}), Record("inbound.sms", 0, 1, b"k", record.value, headers, NOON))
    assert (caught.value.field, caught.value.expected) == ("ce_source", "/channels/<provider>")


def test_a_value_that_is_no_contact_is_named_by_its_field_and_without_its_content() -> None:
    record = received("SM1")
    assert record.value is not None
    broken = record.value.replace(b'"medium":"sms"', b'"medium":"pigeon post"')
    with pytest.raises(Undecodable) as caught:
        INTAKE.step(Entries({}), Record("inbound.sms", 0, 1, b"k", broken, record.headers, NOON))
    assert caught.value.field == "contact.medium"
    assert caught.value.got == "str"
    assert "pigeon" not in str(caught.value)


def test_where_few_wait_the_careful_judgement_counts_and_in_a_flood_nobody_waits_for_it() -> None:
    careful = replace(INTAKE, careful=lambda _: assessed(Severity.S1, Skill.THREAT_SAFETY))
    _, value = scored(received("SM1"), careful.paced(HURRY))
    assert value.assessment.severity is Severity.S1
    hurried = careful.paced(HURRY + 1)
    _, value = scored(received("SM1"), hurried)
    assert value.assessment.severity is Severity.S2
