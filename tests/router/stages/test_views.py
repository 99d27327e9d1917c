from datetime import timedelta

from router.model.events import QueueEvent
from router.stages import views
from scoring.model import Skill
from tests.router.stages.situations import S1, S2, TRACE, Table, came, claims, incident_id, presence

HOUR = timedelta(hours=1)


def incident_of_ann() -> Table:
    table = Table()
    table.take_all(came("sms", "ann", S2, Skill.EMERGENCY_VET), presence("maria"))
    table.take(claims("maria", "sms"), after=HOUR)
    return table


def test_an_event_is_dated_by_its_change_and_not_by_the_opening() -> None:
    table = incident_of_ann()
    outcome = views.current(table.incident("sms"))
    assert (outcome.time, outcome.type) == (table.now, "incident.claimed")


def test_the_record_can_be_made_again_from_the_state_alone() -> None:
    table = incident_of_ann()
    told = next(each for each in reversed(table.told) if each.topic == "queue.emergency-vet")
    assert views.current(table.incident("sms")) == told


def test_what_a_reader_gets_is_valid_in_every_field() -> None:
    event = views.queue_event(incident_of_ann().incident("sms"))
    assert QueueEvent.model_validate_json(event.model_dump_json()) == event


def test_a_queue_event_carries_no_text_name_or_address() -> None:
    body = views.queue_event(incident_of_ann().incident("sms")).model_dump_json()
    assert "words of a test" not in body
    assert "test:ann" not in body


def test_ids_are_made_of_incident_and_revision() -> None:
    table = incident_of_ann()
    before = table.incident("sms")
    step = table.take(came("second", "ann", S1, Skill.INJURY_PERSON))
    name = incident_id("sms")
    assert [each.id for each in step.outcomes] == [f"{name}:3", f"{name}:3:moved", f"{name}:3:gone"]
    assert [each.traceparent for each in step.outcomes] == [TRACE] * 3
    assert views.changed(before, table.incident("sms")) == step.outcomes
