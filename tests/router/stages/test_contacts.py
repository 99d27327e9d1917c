from datetime import timedelta
from itertools import permutations

import pytest

from channels.contact import CallStatus
from router.stages.state import KnownContact
from scoring.model import Skill
from tests.router.stages.situations import (
    S2,
    S3,
    Table,
    came,
    claims,
    contact_id,
    on_queues,
    presence,
    resolves,
    rings,
)

DAY = timedelta(days=1)


@pytest.fixture
def table() -> Table:
    return Table()


def test_a_delivery_seen_before_changes_nothing_at_all(table: Table) -> None:
    table.take(came("sms", "ann"))
    before = table.snapshot()
    step = table.take(came("sms", "ann"))
    assert step.outcomes == ()
    assert table.snapshot() == before


def test_a_delivery_is_remembered_for_eight_days(table: Table) -> None:
    table.take(came("sms", "ann"))
    assert table.take(came("sms", "ann"), after=8 * DAY - timedelta(seconds=2)).outcomes == ()


def test_the_same_contact_by_another_delivery_is_one_contact(table: Table) -> None:
    table.take(came("sms", "ann"))
    step = table.take(came("sms", "ann", delivery="another webhook"))
    assert step.outcomes == ()
    assert len(table.incident("sms").contacts) == 1


def test_an_update_of_a_known_contact_is_a_change_and_no_second_contact(table: Table) -> None:
    table.take(rings("call", "ann"))
    step = table.take(rings("call", "ann", CallStatus.IN_PROGRESS, sequence=1))
    assert on_queues(step) == [("queue.general", "incident.changed", "waiting")]
    incident = table.incident("call")
    assert (incident.revision, len(incident.contacts)) == (2, 1)
    assert incident.contacts[0].call_status is CallStatus.IN_PROGRESS
    assert incident.contacts[0].offset == 2


def test_an_update_that_arrives_first_creates_its_contact(table: Table) -> None:
    step = table.take(rings("call", "ann", CallStatus.IN_PROGRESS, sequence=1))
    assert on_queues(step) == [("queue.general", "incident.opened", "waiting")]


def test_a_call_ends_up_the_same_in_whatever_order_its_events_come() -> None:
    events = [
        rings("call", "ann"),
        rings("call", "ann", CallStatus.IN_PROGRESS, sequence=1),
        rings("call", "ann", CallStatus.COMPLETED, sequence=2),
    ]
    for order in permutations(events):
        table = Table()
        table.take_all(*order)
        (incident,) = table.incidents()
        assert [ref.call_status for ref in incident.contacts] == [CallStatus.COMPLETED]
        assert table.entry(f"contact/{contact_id('call')}", KnownContact).sequence == 2


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_lower_or_equal_sequence_goes_nowhere(table: Table, sequence: int) -> None:
    table.take(rings("call", "ann", CallStatus.COMPLETED, sequence=3))
    late = rings("call", "ann", CallStatus.RINGING, sequence=sequence)
    step = table.take(type(late)(id="test:late", type=late.type, value=late.value))
    assert step.outcomes == ()
    assert table.incident("call").contacts[0].call_status is CallStatus.COMPLETED


def test_an_update_stays_with_the_incident_that_its_contact_went_to(table: Table) -> None:
    table.take_all(came("sms", "ann", S2, Skill.LOST_PET), rings("call", "ann"))
    table.take(rings("call", "ann", CallStatus.COMPLETED, sequence=1), after=3 * DAY)
    assert len(table.incidents()) == 1
    assert table.incident("sms").revision == 3


def test_what_is_told_of_a_call_after_it_was_resolved_is_recorded_and_opens_nothing(table: Table) -> None:
    table.take_all(rings("call", "ann"), presence("maria"), claims("maria", "call"), resolves("maria", "call"))
    step = table.take(rings("call", "ann", CallStatus.COMPLETED, sequence=1))
    assert on_queues(step) == [("queue.general", "incident.changed", "resolved")]


def test_an_update_after_its_contact_was_forgotten_still_finds_the_open_incident(table: Table) -> None:
    table.take(rings("call", "ann"))
    table.take(came("other", "ben", S3), after=91 * DAY)
    assert not table.has(f"contact/{contact_id('call')}")
    step = table.take(rings("call", "ann", CallStatus.COMPLETED, sequence=1))
    assert on_queues(step) == [("queue.general", "incident.changed", "waiting")]
    assert table.incident("call").revision == 2
