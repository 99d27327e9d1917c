from datetime import timedelta

import pytest

from channels.contact import Automatic, CallStatus, Direction, Medium
from router.model.events import QueueEvent
from router.model.incident import IncidentState, IncidentType
from router.stages.state import KnownContact
from scoring.model import Severity, Skill
from tests.router.stages.situations import (
    NOON,
    S1,
    S2,
    S3,
    S4,
    Table,
    assessed,
    came,
    claims,
    contact_id,
    incident_id,
    on_queues,
    person,
    policy_applied,
    presence,
    resolves,
    rings,
)

HOUR = timedelta(hours=1)
VET, CLAIMS, GENERAL = Skill.EMERGENCY_VET, Skill.CLAIMS, Skill.GENERAL


@pytest.fixture
def table() -> Table:
    return Table()


def test_a_contact_opens_an_incident_on_the_queue_of_its_skill(table: Table) -> None:
    step = table.take(came("sms", "ann", S1, VET))
    assert on_queues(step) == [("queue.emergency-vet", "incident.opened", "waiting")]
    (outcome,) = step.outcomes
    assert (outcome.key, outcome.subject, outcome.revision) == (incident_id("sms"), incident_id("sms"), 1)
    value = outcome.value
    assert isinstance(value, QueueEvent)
    assert (value.severity, value.person_id, value.contact_ids) == (S1, person("ann"), (contact_id("sms"),))
    assert (value.channels, value.languages, value.owner) == ((Medium.SMS,), ("en",), None)


def test_an_emergency_by_sms_then_phone_then_mail_is_one_incident(table: Table) -> None:
    table.take(came("sms", "ann", S1, VET))
    table.take(rings("call", "ann"))
    table.take(came("mail", "ann", S2, VET, medium=Medium.EMAIL))
    (incident,) = table.incidents()
    assert [ref.channel for ref in incident.contacts] == [Medium.SMS, Medium.CALL, Medium.EMAIL]
    assert (incident.severity, incident.skill, incident.revision) == (S1, VET, 3)


def test_each_contact_says_where_it_stands_in_the_log_and_when_it_passed_each_hop(table: Table) -> None:
    table.take(came("sms", "ann", at=NOON))
    (ref,) = table.incident("sms").contacts
    assert (ref.partition, ref.offset) == (0, 1)
    assert (ref.hops.received_at, ref.hops.inbound_at, ref.hops.pool_at) == (NOON, NOON, table.now)


def test_two_persons_have_two_incidents(table: Table) -> None:
    table.take_all(came("a", "ann"), came("b", "ben"))
    assert {each.person_id for each in table.incidents()} == {person("ann"), person("ben")}


def test_who_withholds_their_number_is_one_person_a_call(table: Table) -> None:
    table.take_all(rings("one", None), rings("two", None))
    assert len(table.incidents()) == 2


def test_an_incident_rises_at_once_with_its_worst_contact(table: Table) -> None:
    table.take(came("first", "ann", S3, VET))
    step = table.take(came("second", "ann", S1, VET, floor=True))
    assert on_queues(step) == [("queue.emergency-vet", "incident.joined", "waiting")]
    incident = table.incident("first")
    assert (incident.severity, incident.floor) == (S1, True)


def test_a_milder_contact_lowers_nothing(table: Table) -> None:
    table.take_all(came("first", "ann", S1, VET), came("second", "ann", S4, GENERAL))
    assert table.incident("first").severity is S1


def test_a_lowering_is_an_event_that_names_contact_reason_and_evidence(table: Table) -> None:
    table.take(came("first", "ann", S2, VET))
    step = table.take(came("second", "ann", S3, VET, resolves=True))
    assert on_queues(step) == [("queue.emergency-vet", "incident.changed", "waiting")]
    change = table.incident("first").changes[-1]
    assert (change.type, change.severity, change.reason) == (IncidentType.CHANGED, S3, "resolution")
    assert change.contact_id == contact_id("second")
    assert [each.contact_id for each in change.evidence] == [contact_id("second")]


def test_what_was_s1_by_a_rule_is_lowered_no_further_than_s2(table: Table) -> None:
    table.take_all(came("first", "ann", S1, VET, floor=True), came("second", "ann", S4, VET, resolves=True))
    assert table.incident("first").severity is S2


def test_a_call_without_words_is_s1_while_an_s1_is_open(table: Table) -> None:
    table.take_all(came("sms", "ann", S1, VET), rings("call", "ann"))
    incident = table.incident("sms")
    assert (incident.severity, incident.skill, incident.changes[-1].reason) == (S1, VET, "call-during-s1")
    assert incident.skills == (VET,)


def test_that_a_silent_call_has_ended_makes_nothing_more_severe(table: Table) -> None:
    table.take_all(rings("call", "ann"), came("sms", "ann", S3, VET, resolves=True))
    assert table.incident("call").severity is S3
    table.take(rings("call", "ann", CallStatus.COMPLETED, sequence=2))
    incident = table.incident("call")
    assert incident.severity is S3
    assert incident.contacts[0].call_status is CallStatus.COMPLETED
    assert incident.changes[-1].reason == "call-completed"


def test_a_contact_after_the_policys_window_opens_a_new_incident(table: Table) -> None:
    table.take(came("first", "ann", S3, CLAIMS))
    table.take(came("second", "ann", S3, CLAIMS), after=25 * HOUR)
    assert len(table.incidents()) == 2


def test_the_window_counts_from_the_last_contact(table: Table) -> None:
    table.take(came("first", "ann", S3, CLAIMS))
    table.take(came("second", "ann", S3, CLAIMS), after=20 * HOUR)
    table.take(came("third", "ann", S3, CLAIMS), after=20 * HOUR)
    assert len(table.incidents()) == 1


def test_of_several_open_incidents_a_contact_joins_the_most_urgent_then_the_oldest(table: Table) -> None:
    table.take(came("money", "ann", S3, CLAIMS))
    table.take(came("dog", "ann", S1, VET))
    table.take(came("bill", "ann", S3, CLAIMS))
    assert [ref.contact_id for ref in table.incident("dog").contacts] == [contact_id("dog"), contact_id("bill")]


def test_an_emergency_during_an_open_refund_question_is_a_new_incident(table: Table) -> None:
    table.take(came("refund", "ann", S3, CLAIMS))
    step = table.take(came("seizure", "ann", S1, VET))
    assert on_queues(step) == [("queue.emergency-vet", "incident.opened", "waiting")]
    assert len(table.incidents()) == 2


def test_an_urgent_word_about_the_same_quiet_matter_joins_it(table: Table) -> None:
    table.take_all(came("refund", "ann", S3, CLAIMS), came("lawyer", "ann", S2, Skill.FRAUD_PAYMENTS))
    assert len(table.incidents()) == 1


def test_a_vet_bill_during_an_emergency_belongs_to_it(table: Table) -> None:
    table.take_all(came("seizure", "ann", S1, VET), came("bill", "ann", S3, CLAIMS))
    (incident,) = table.incidents()
    assert (incident.skill, incident.skills) == (VET, (VET, CLAIMS))


def test_words_decide_the_queue_and_a_silent_call_only_until_then(table: Table) -> None:
    table.take(rings("call", "ann"))
    step = table.take(came("sms", "ann", S1, Skill.LOST_PET))
    assert on_queues(step) == [
        ("queue.lost-pet", "incident.joined", "waiting"),
        ("queue.general", "incident.moved", "moved"),
        ("queue.general", "incident.moved", None),
    ]


def test_a_move_tells_the_new_queue_first_and_takes_leave_of_the_old_with_the_same_revision(table: Table) -> None:
    table.take(came("first", "ann", S2, VET))
    step = table.take(came("second", "ann", S1, Skill.INJURY_PERSON))
    assert [each.revision for each in step.outcomes] == [2, 2, 2]
    assert len({each.id for each in step.outcomes}) == 3
    leave = step.outcomes[1].value
    assert isinstance(leave, QueueEvent)
    assert (leave.state, leave.moved_to) == (IncidentState.MOVED, Skill.INJURY_PERSON)


def test_a_move_leaves_the_incident_with_its_owner(table: Table) -> None:
    table.take_all(came("first", "ann", S2, VET), presence("maria"), claims("maria", "first"))
    step = table.take(came("second", "ann", S1, Skill.INJURY_PERSON))
    assert on_queues(step)[0] == ("queue.injury-person", "incident.joined", "owned")
    assert table.incident("first").owner == "maria"


def test_who_writes_again_waits_as_long_as_they_have_waited(table: Table) -> None:
    table.take(came("first", "ann"))
    since = table.incident("first").waiting_since
    table.take(came("second", "ann"), after=HOUR)
    assert table.incident("first").waiting_since == since


def test_waiting_begins_when_the_gateway_received_it(table: Table) -> None:
    table.take(came("first", "ann", at=NOON - timedelta(seconds=40)))
    assert table.incident("first").waiting_since == NOON - timedelta(seconds=40)


def test_a_time_of_more_than_a_day_ago_counts_as_now_and_the_history_says_so(table: Table) -> None:
    table.take(came("first", "ann", at=NOON - 25 * HOUR))
    incident = table.incident("first")
    assert incident.waiting_since == table.now
    assert [each.reason for each in incident.changes] == ["opened", "clock"]


def test_what_we_send_never_opens_an_incident(table: Table) -> None:
    step = table.take(came("ours", "ann", S4, direction=Direction.OUTBOUND))
    assert step.outcomes == ()
    assert table.incidents() == []
    assert table.has(f"contact/{contact_id('ours')}")


def test_what_we_send_joins_and_changes_nothing_of_what_is_judged(table: Table) -> None:
    table.take(came("first", "ann", S3, CLAIMS))
    table.take(came("ours", "ann", S1, VET, direction=Direction.OUTBOUND))
    incident = table.incident("first")
    assert (incident.severity, incident.skill, len(incident.contacts)) == (S3, CLAIMS, 2)
    assert incident.contacts[1].direction is Direction.OUTBOUND
    table.take(came("third", "ann", S3, GENERAL))
    assert table.incident("first").skill is CLAIMS


def test_a_resolved_incident_is_joined_no_more(table: Table) -> None:
    table.take_all(came("first", "ann"), presence("maria"), claims("maria", "first"), resolves("maria", "first"))
    table.take(came("second", "ann"))
    assert len(table.incidents()) == 2


def test_an_incident_takes_a_limited_number_of_contacts_and_none_is_lost(table: Table) -> None:
    small = policy_applied().value.text.replace("contacts_at_most: 200", "contacts_at_most: 3")  # type: ignore[attr-defined]
    table.take(policy_applied(small))
    for number in range(7):
        table.take(came(f"sms{number}", "ann"))
    held = [ref.contact_id for incident in table.incidents() for ref in incident.contacts]
    assert sorted(held) == sorted(contact_id(f"sms{number}") for number in range(7))
    assert sorted(len(each.contacts) for each in table.incidents()) == [1, 3, 3]


def test_languages_and_skills_of_all_contacts_are_told(table: Table) -> None:
    table.take(came("first", "ann", S2, VET, languages=("es",), also=(Skill.CLAIMS,)))
    table.take(came("second", "ann", S2, VET, languages=("en", "es")))
    incident = table.incident("first")
    assert (incident.languages, incident.skills) == (("es", "en"), (VET, Skill.CLAIMS))


def test_evidence_says_whose_words_it_is_and_keeps_the_newest_hundred(table: Table) -> None:
    for number in range(120):
        table.take(came(f"sms{number}", "ann", S2, VET))
    evidence = table.incident("sms0").evidence
    assert len(evidence) == 100
    assert evidence[-1].contact_id == contact_id("sms119")
    assert len(table.incident("sms0").changes) == 50


def test_a_transcript_is_weighed_in_the_place_of_the_silence(table: Table) -> None:
    table.take(rings("call", "ann"))
    step = table.take(came("call", "ann", S1, VET, medium=Medium.CALL, sequence=9, call=CallStatus.COMPLETED))
    assert on_queues(step)[0] == ("queue.emergency-vet", "incident.changed", "waiting")
    incident = table.incident("call")
    assert (incident.severity, incident.skill, len(incident.contacts)) == (S1, VET, 1)
    assert {each.rule for each in incident.evidence} == {"test.emergency-vet"}


def test_the_severities_of_the_tests_are_the_rubrics() -> None:
    assert min(Severity) is S1
    assert assessed(S1, VET).severity < assessed(S4, VET).severity


KEPT_OUT = [kind for kind in Automatic if kind.kept_out]


@pytest.mark.parametrize("kind", KEPT_OUT)
def test_what_a_machine_answers_opens_nothing_and_is_recorded(table: Table, kind: Automatic) -> None:
    step = table.take(came("bounce", "ann", S1, VET, medium=Medium.EMAIL, automatic=kind))
    assert step.outcomes == ()
    assert table.incidents() == []
    known = table.entry(f"contact/{contact_id('bounce')}", KnownContact)
    assert (known.incident_id, known.person_id) == (None, person("ann"))


@pytest.mark.parametrize("kind", KEPT_OUT)
def test_what_a_machine_answers_changes_nothing_of_what_is_open(table: Table, kind: Automatic) -> None:
    table.take(came("sms", "ann", S2, CLAIMS))
    before = table.incident("sms")
    assert table.take(came("away", "ann", S1, VET, medium=Medium.EMAIL, automatic=kind)).outcomes == ()
    assert table.incident("sms") == before
    assert table.has(f"contact/{contact_id('away')}")
    joined = table.take(came("more", "ann", S2, CLAIMS, medium=Medium.EMAIL))
    assert on_queues(joined) == [("queue.claims", "incident.joined", "waiting")]


@pytest.mark.parametrize("kind", [Automatic.GENERATED, Automatic.LIST])
def test_what_a_web_form_or_a_list_brings_is_an_incident_like_any_other(table: Table, kind: Automatic) -> None:
    step = table.take(came("form", "ann", S1, VET, medium=Medium.EMAIL, automatic=kind))
    assert on_queues(step) == [("queue.emergency-vet", "incident.opened", "waiting")]
