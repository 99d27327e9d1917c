from __future__ import annotations

import asyncio
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from router.gateway.queues import TOPICS, QueueView
from router.model.incident import IncidentState
from router.stages.contract import Outcome, Record
from scoring.model import Severity, Skill
from tests.router.gateway.parts import told
from tests.router.stages.histories import SHORT_GAPS, histories
from tests.router.stages.readers import Reader
from tests.router.stages.situations import (
    S1,
    S2,
    S3,
    Table,
    came,
    claims,
    contact_id,
    incident_id,
    presence,
    replayed,
    resolves,
)


def on_queues(table: Table) -> list[Outcome]:
    return [outcome for outcome in table.told if outcome.topic in TOPICS]


def viewed(outcomes: list[Outcome]) -> QueueView:
    view = QueueView()
    for outcome in outcomes:
        view.apply(told(outcome))
    return view


def interleaved(outcomes: list[Outcome], draw: st.DataObject) -> list[Outcome]:
    """The same records as a reader of several topics may see them: in order within each, in any order between."""
    topics: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        topics[outcome.topic].append(outcome)
    order: list[Outcome] = []
    while topics:
        topic = draw.draw(st.sampled_from(sorted(topics)))
        order.append(topics[topic].pop(0))
        if not topics[topic]:
            del topics[topic]
    return order


@settings(max_examples=60, deadline=None)
@given(histories(gaps=SHORT_GAPS), st.data())
def test_whatever_happened_the_view_shows_what_the_topics_hold(history: list[Record], data: st.DataObject) -> None:
    table = replayed(history)
    expected = Reader()
    for outcome in on_queues(table):
        expected.read(outcome)
    view = viewed(interleaved(on_queues(table), data))
    view.settle()
    shown = {event.incident_id: event for skill in Skill for event in view.queue(skill)}
    assert shown == {key: event for key, (_, event) in expected.waiting_or_owned().items()}
    for incident in table.incidents():
        seen = view.incident(incident.incident_id)
        assert seen is not None
        assert (seen.revision, seen.state, seen.skill) == (incident.revision, incident.state, incident.skill)
        for ref in incident.contacts:
            assert view.contact(ref.contact_id) == (seen, ref)
    assert sum(depth.count for depth in view.depths()) == len(shown)


@settings(max_examples=40, deadline=None)
@given(histories(gaps=SHORT_GAPS), st.data())
def test_records_of_a_stale_worker_change_nothing(history: list[Record], data: st.DataObject) -> None:
    outcomes = on_queues(replayed(history))
    view = viewed([])
    for outcome in outcomes:
        view.apply(told(outcome, epoch=2))
    before = [view.queue(skill) for skill in Skill]
    for outcome in data.draw(st.permutations(outcomes)):
        assert view.apply(told(outcome, epoch=1)) is None
    assert [view.queue(skill) for skill in Skill] == before


@settings(max_examples=40, deadline=None)
@given(histories(gaps=SHORT_GAPS), st.data())
def test_an_incident_is_never_out_of_sight_while_it_moves_nor_goes_back(
    history: list[Record], data: st.DataObject
) -> None:
    table = replayed(history)
    live = {incident.incident_id for incident in table.incidents()}
    view, shown = QueueView(), dict[str, int]()
    for outcome in interleaved(on_queues(table), data):
        view.apply(told(outcome))
        shown.setdefault(outcome.key, 0)
        for known in shown.keys() & live:
            seen = view.incident(known)
            assert seen is not None
            assert seen.revision >= shown[known]
            shown[known] = seen.revision


def moved() -> Table:
    """Ann's question about a bill turns out to be about a dog that can't breathe."""
    table = Table()
    table.take(came("c1", "ann", S3, Skill.CLAIMS))
    table.take(came("c2", "ann", S1, Skill.CLAIMS, floor=True))
    table.take(came("c3", "ann", S1, Skill.EMERGENCY_VET, floor=True))
    return table


def test_a_tombstone_of_the_old_queue_takes_nothing_from_the_new_one() -> None:
    outcomes = on_queues(moved())
    old = [outcome for outcome in outcomes if outcome.topic == "queue.claims"]
    new = [outcome for outcome in outcomes if outcome.topic == "queue.emergency-vet"]
    assert old[-1].value is None
    for order in (new + old, old + new, outcomes):
        view = viewed(order)
        found = view.incident(incident_id("c1"))
        assert found is not None
        assert (found.skill, found.state) == (Skill.EMERGENCY_VET, IncidentState.WAITING)
        assert view.queue(Skill.CLAIMS) == []


def test_the_most_severe_comes_first_then_who_has_waited_longest() -> None:
    table = Table()
    table.take(came("late", "ann", S2, Skill.CLAIMS))
    table.take(came("later", "ben", S2, Skill.CLAIMS))
    table.take(came("worst", "cleo", S1, Skill.CLAIMS, floor=True))
    view = viewed(on_queues(table))
    order = [event.incident_id for event in view.queue(Skill.CLAIMS)]
    assert order == [incident_id("worst"), incident_id("late"), incident_id("later")]
    assert [event.severity for event in view.queue(Skill.CLAIMS)] == [Severity.S1, Severity.S2, Severity.S2]


def test_a_resolved_incident_waits_nowhere_and_can_still_be_looked_up() -> None:
    table = Table()
    table.take(presence("maria"))
    table.take_all(came("c1", "ann"), claims("maria", "c1"), resolves("maria", "c1"))
    view = viewed(on_queues(table))
    assert view.queue(Skill.GENERAL) == []
    found = view.incident(incident_id("c1"))
    assert found is not None
    assert found.state is IncidentState.RESOLVED


def test_nothing_is_left_of_what_was_forgotten() -> None:
    outcomes = on_queues(moved())
    last = outcomes[-3]
    gone = Outcome(**{**vars(last), "value": None})
    view = viewed([*outcomes, gone])
    assert view.incident(incident_id("c1")) is None
    assert view.contact(contact_id("c1")) is None


async def test_who_waits_for_a_revision_is_told_when_it_comes_and_not_kept_for_ever() -> None:
    table = Table()
    table.take(came("c1", "ann"))
    table.take(came("c2", "ann"))
    first, second = on_queues(table)
    view = viewed([first])
    assert await view.reached(incident_id("c1"), 1, 0.01)
    assert not await view.reached(incident_id("c1"), 2, 0.01)
    waiting = asyncio.create_task(view.reached(incident_id("c1"), 2, 5))
    await asyncio.sleep(0)
    view.apply(told(second))
    assert await waiting
