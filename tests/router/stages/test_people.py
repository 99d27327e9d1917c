from datetime import timedelta

import pytest

from router.model.incident import IncidentType
from router.stages.contract import Undecodable
from router.stages.people import ADDRESSES_AT_MOST
from router.stages.state import Person
from scoring.model import Skill
from tests.router.stages.situations import (
    S3,
    Table,
    came,
    claims,
    contact_id,
    incident_id,
    on_queues,
    one_person,
    person,
    presence,
    resolves,
)


@pytest.fixture
def table() -> Table:
    return Table()


def test_contacts_from_two_addresses_of_one_person_are_one_incident(table: Table) -> None:
    table.take_all(one_person("ann", "ann-phone", "ann-mail"), came("sms", "ann-phone"), came("mail", "ann-mail"))
    (incident,) = table.incidents()
    assert (incident.person_id, len(incident.contacts)) == (person("ann"), 2)


def test_what_was_open_before_the_addresses_were_known_is_found_by_the_next_contact(table: Table) -> None:
    table.take_all(came("sms", "ann-phone"), one_person("ann", "ann-phone", "ann-mail"), came("mail", "ann-mail"))
    (incident,) = table.incidents()
    assert incident.person_id == person("ann")
    assert [ref.contact_id for ref in incident.contacts] == [contact_id("sms"), contact_id("mail")]


def test_that_an_incident_is_somebody_elses_is_told_on_its_queue(table: Table) -> None:
    table.take(came("sms", "ann-phone"))
    step = table.take(one_person("ann", "ann-phone"))
    assert on_queues(step) == [("queue.general", "incident.changed", "waiting")]
    change = table.incident("sms").changes[-1]
    assert (change.type, change.reason) == (IncidentType.CHANGED, "person")


def test_saying_the_same_again_tells_nothing(table: Table) -> None:
    table.take_all(came("sms", "ann-phone"), one_person("ann", "ann-phone"))
    assert table.take(one_person("ann", "ann-phone")).outcomes == ()


def test_two_persons_who_turn_out_to_be_one_are_united(table: Table) -> None:
    table.take_all(
        one_person("ann", "ann-phone"),
        one_person("a-smith", "ann-mail"),
        came("sms", "ann-phone", S3, Skill.CLAIMS),
        came("mail", "ann-mail", S3, Skill.CLAIMS),
        one_person("a-smith", "ann-phone", "ann-mail"),
    )
    assert table.entry(f"person/{person('a-smith')}", Person).open == (incident_id("mail"), incident_id("sms"))
    assert table.entry(f"person/{person('ann')}", Person).open == ()
    table.take(came("again", "ann-phone"))
    assert len(table.incidents()) == 2


def test_what_came_from_another_address_stays_with_who_it_is_of(table: Table) -> None:
    table.take_all(
        one_person("ann", "ann-phone", "shared-phone"),
        came("sms", "ann-phone"),
        one_person("ben", "shared-phone"),
    )
    assert table.incident("sms").person_id == person("ann")


def test_a_resolved_incident_leaves_its_persons_list(table: Table) -> None:
    table.take_all(
        came("sms", "ann-phone"),
        one_person("ann", "ann-phone"),
        presence("maria"),
        claims("maria", "sms"),
        resolves("maria", "sms"),
    )
    assert table.entry(f"person/{person('ann')}", Person).open == ()


def test_a_link_lives_as_long_as_somebody_uses_it(table: Table) -> None:
    days = timedelta(days=60)
    table.take(one_person("ann", "ann-phone"))
    table.take(came("one", "ann-phone"), after=days)
    table.take(came("two", "ann-phone"), after=days)
    assert {each.person_id for each in table.incidents()} == {person("ann")}
    table.take(came("three", "ann-phone"), after=2 * days)
    assert table.incident("three").person_id == person("ann-phone")


def test_more_addresses_than_one_event_may_change_are_refused(table: Table) -> None:
    with pytest.raises(Undecodable) as caught:
        table.take(one_person("ann", *(f"address-{number}" for number in range(ADDRESSES_AT_MOST + 1))))
    assert caught.value.field == "address_keys"
