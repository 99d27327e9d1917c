from datetime import timedelta

import pytest

from router.model.commands import Presence
from router.model.events import AgentView
from router.model.incident import IncidentState
from router.stages.contract import Step
from router.stages.state import Agent
from scoring.model import Skill
from tests.router.stages.situations import (
    S1,
    S2,
    TRACE,
    Table,
    answer,
    came,
    claims,
    incident_id,
    on_queues,
    presence,
    releases,
    resolves,
    result,
)


@pytest.fixture
def table() -> Table:
    """Ann's incident waits; Maria and Noah are there, each for one incident."""
    table = Table()
    table.take(came("sms", "ann", S2, Skill.EMERGENCY_VET))
    table.take_all(presence("maria", capacity=1), presence("noah", capacity=1))
    return table


def seen_on_desk(step: Step) -> list[tuple[str, str]]:
    return [(each.type, each.key) for each in step.outcomes if each.topic == "desk"]


def held(table: Table, agent: str) -> tuple[str, ...]:
    return table.entry(f"agent/{agent}", Agent).incidents


def test_a_claim_makes_the_agent_the_owner_and_tells_queue_desk_and_whoever_asked(table: Table) -> None:
    step = table.take(claims("maria", "sms"))
    assert on_queues(step) == [("queue.emergency-vet", "incident.claimed", "owned")]
    assert seen_on_desk(step) == [("agent.changed", "maria"), ("command.result", "maria")]
    told = result(step)
    assert (told.status, told.owner) == (200, "maria")
    assert told.incident is not None
    assert (told.incident.owner, told.incident.owned_since) == ("maria", table.now)
    assert held(table, "maria") == (incident_id("sms"),)


def test_a_result_is_found_by_its_commands_id_and_carries_the_trace(table: Table) -> None:
    outcome = table.take(claims("maria", "sms", command="m_1")).outcomes[-1]
    assert (outcome.id, outcome.subject, outcome.key, outcome.traceparent) == ("m_1:result", "m_1", "maria", TRACE)


def test_of_two_who_claim_the_first_in_the_log_wins_and_the_other_hears_who(table: Table) -> None:
    assert answer(table.take(claims("maria", "sms"))) == (200, None, "maria")
    step = table.take(claims("noah", "sms"))
    assert answer(step) == (409, "owned", "maria")
    assert on_queues(step) == []


def test_a_claim_by_the_owner_is_granted_and_changes_nothing(table: Table) -> None:
    table.take(claims("maria", "sms"))
    step = table.take(claims("maria", "sms", command="again"))
    assert answer(step) == (200, None, "maria")
    assert on_queues(step) == []
    assert table.incident("sms").revision == 2


def test_an_agent_never_holds_more_than_their_capacity(table: Table) -> None:
    table.take_all(came("other", "ben", S1, Skill.LOST_PET), claims("maria", "sms"))
    assert answer(table.take(claims("maria", "other"))) == (409, "full", None)
    table.take(resolves("maria", "sms"))
    assert answer(table.take(claims("maria", "other", command="again"))) == (200, None, "maria")


def test_an_incident_of_another_pool_is_unknown(table: Table) -> None:
    assert answer(table.take(claims("maria", "never came"))) == (404, "unknown", None)


def test_who_never_said_that_they_are_there_is_absent(table: Table) -> None:
    assert answer(table.take(claims("zoe", "sms"))) == (409, "absent", None)


def test_who_goes_offline_keeps_what_they_hold_and_gets_nothing_new(table: Table) -> None:
    table.take_all(came("other", "ben"), presence("maria", capacity=5), claims("maria", "sms"))
    table.take(presence("maria", Presence.OFFLINE, capacity=5))
    assert held(table, "maria") == (incident_id("sms"),)
    assert answer(table.take(claims("maria", "other"))) == (409, "absent", None)
    assert answer(table.take(resolves("maria", "sms"))) == (200, None, "maria")


def test_presence_is_told_with_skills_capacity_and_what_the_agent_holds(table: Table) -> None:
    table.take(claims("maria", "sms"))
    step = table.take(presence("maria", Presence.AWAY, skills={"claims": 2}, capacity=4))
    view = step.outcomes[0].value
    assert isinstance(view, AgentView)
    assert (view.presence, view.skills, view.capacity) == ("away", {"claims": 2}, 4)
    assert view.incidents == (incident_id("sms"),)
    assert result(step).agent == view


def test_an_agents_revision_rises_even_after_they_were_forgotten(table: Table) -> None:
    before = table.entry("agent/maria", Agent).revision
    table.take(came("one", "ben"), after=timedelta(days=91))
    assert not table.has("agent/maria")
    table.take(presence("maria", command="back"))
    assert table.entry("agent/maria", Agent).revision > before


def test_who_holds_something_is_not_forgotten(table: Table) -> None:
    table.take(claims("maria", "sms"))
    table.take(came("one", "ben"), after=timedelta(days=200))
    assert held(table, "maria") == (incident_id("sms"),)


def test_after_a_release_the_person_waits_as_long_as_they_have_waited(table: Table) -> None:
    since = table.incident("sms").waiting_since
    table.take(claims("maria", "sms"))
    step = table.take(releases("maria", "sms"), after=timedelta(hours=1))
    assert on_queues(step) == [("queue.emergency-vet", "incident.released", "waiting")]
    incident = table.incident("sms")
    assert (incident.waiting_since, incident.owner, incident.owned_since) == (since, None, None)
    assert held(table, "maria") == ()


def test_a_released_incident_can_be_claimed_by_another(table: Table) -> None:
    table.take_all(claims("maria", "sms"), releases("maria", "sms"))
    assert answer(table.take(claims("noah", "sms"))) == (200, None, "noah")


def test_release_and_resolve_by_another_are_refused_with_the_owners_name(table: Table) -> None:
    table.take(claims("maria", "sms"))
    assert answer(table.take(releases("noah", "sms"))) == (403, "not-owner", "maria")
    assert answer(table.take(resolves("noah", "sms"))) == (403, "not-owner", "maria")


def test_what_nobody_owns_nobody_resolves(table: Table) -> None:
    assert answer(table.take(resolves("maria", "sms"))) == (403, "not-owner", None)


def test_a_resolved_incident_says_when_and_stays_on_its_queues_topic(table: Table) -> None:
    table.take(claims("maria", "sms"))
    step = table.take(resolves("maria", "sms"))
    assert on_queues(step) == [("queue.emergency-vet", "incident.resolved", "resolved")]
    incident = table.incident("sms")
    assert (incident.state, incident.resolved_at) == (IncidentState.RESOLVED, table.now)
    assert held(table, "maria") == ()


def test_resolving_again_is_granted_to_whoever_resolved_it(table: Table) -> None:
    table.take_all(claims("maria", "sms"), resolves("maria", "sms"))
    step = table.take(resolves("maria", "sms", command="again"))
    assert answer(step) == (200, None, "maria")
    assert on_queues(step) == []


def test_the_history_names_who_did_what(table: Table) -> None:
    table.take_all(claims("maria", "sms"), releases("maria", "sms"), claims("noah", "sms"), resolves("noah", "sms"))
    told = [(each.type.value, each.agent_id) for each in table.incident("sms").changes]
    assert told == [
        ("incident.opened", None),
        ("incident.claimed", "maria"),
        ("incident.released", "maria"),
        ("incident.claimed", "noah"),
        ("incident.resolved", "noah"),
    ]
