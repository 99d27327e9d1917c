from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import CallStatus
from router.model.incident import Incident, IncidentState
from router.stages.state import KnownContact, Person
from scoring.model import Severity, Skill
from tests.router.stages.situations import (
    S1,
    S2,
    S3,
    S4,
    Said,
    Table,
    came,
    claims,
    contact_id,
    incident_id,
    on_queues,
    person,
    presence,
    recorded,
    resolves,
    rings,
    transcribed,
)

VET, CLAIMS, GENERAL = Skill.EMERGENCY_VET, Skill.CLAIMS, Skill.GENERAL
SKILLS = st.sampled_from([VET, CLAIMS, GENERAL, Skill.LOST_PET])


@pytest.fixture
def table() -> Table:
    return Table()


def after(*said: Said) -> Table:
    table = Table()
    table.take_all(*said)
    return table


def summary(table: Table) -> object:
    """What is known of the call, without when it was learnt and where that stands in the log."""
    (incident,) = table.incidents()
    (ref,) = incident.contacts
    known = table.entry(f"contact/{contact_id('call')}", KnownContact)
    judged = (incident.severity, incident.floor, incident.skill, incident.skills, incident.person_id, incident.state)
    evidence = {(each.rule, each.severity) for each in incident.evidence}
    parts = [(part.name, part.severity, part.skill, part.wordless) for part in ref.parts]
    told = (ref.severity, ref.skill, ref.wordless, ref.call_status)
    return judged, evidence, parts, told, known.sequence, sorted(known.sequences.items()), known.incident_id


@st.composite
def calls(draw: st.DrawFn) -> list[Said]:
    """What is told of one call: it rings, it is followed, recorded, and what was said is told."""
    statuses = [CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.COMPLETED]
    told = [rings("call", "ann")]
    told += [rings("call", "ann", status, n) for n, status in enumerate(statuses[: draw(st.integers(0, 3))])]
    told += [
        recorded("call", draw(st.sampled_from([None, "ann"])), recording=f"RE{n}")
        for n in range(draw(st.integers(0, 2)))
    ]
    for n in range(draw(st.integers(0, 2))):
        wordless = draw(st.integers(0, 4)) == 0
        severity = S2 if wordless else draw(st.sampled_from(Severity))
        skill = GENERAL if wordless else draw(SKILLS)
        told.append(transcribed("call", "ann", severity, skill, f"TR{n}", wordless=wordless))
    return told


@settings(max_examples=150, deadline=None)
@given(calls(), st.data())
def test_in_any_order_and_however_often_it_is_told_a_call_ends_up_the_same(
    told: list[Said], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told), max_size=4))]))
    assert summary(after(*shuffled)) == summary(after(*told))


def test_every_order_of_ring_end_recording_and_transcript_is_one_contact_of_one_incident() -> None:
    told = [
        rings("call", "ann"),
        rings("call", "ann", CallStatus.COMPLETED, 2),
        recorded("call"),
        transcribed("call", "ann", S1, VET),
    ]
    for order in permutations(told):
        table = after(*order)
        (incident,) = table.incidents()
        assert (incident.severity, incident.skill, incident.person_id) == (S1, VET, person("ann"))
        (ref,) = incident.contacts
        assert ref.call_status is CallStatus.COMPLETED
        assert [part.name for part in ref.parts] == ["", "recording:RE1", "transcription:TR1"]
        transcript = ref.parts[-1]
        assert (ref.partition, ref.offset) == (transcript.partition, transcript.offset)


def test_a_recording_neither_drops_out_nor_holds_up_what_became_of_the_call(table: Table) -> None:
    table.take_all(rings("call", "ann"), rings("call", "ann", CallStatus.IN_PROGRESS, 7))
    step = table.take(recorded("call", sequence=1))
    assert on_queues(step) == [("queue.general", "incident.changed", "waiting")]
    assert table.incident("call").changes[-1].reason == "recording"
    table.take(rings("call", "ann", CallStatus.COMPLETED, 8))
    assert table.incident("call").contacts[0].call_status is CallStatus.COMPLETED
    assert [part.name for part in table.incident("call").contacts[0].parts] == ["", "recording:RE1"]


def test_a_recording_makes_nothing_more_severe(table: Table) -> None:
    table.take_all(rings("call", "ann"), came("sms", "ann", S3, VET, resolves=True))
    table.take(recorded("call"))
    assert table.incident("call").severity is S3


def test_a_recording_of_an_unknown_call_opens_nothing_and_is_found_once_it_is_known_whose_it_is(table: Table) -> None:
    assert table.take(recorded("call")).outcomes == ()
    assert table.incidents() == []
    table.take(came("sms", "ann", S2, VET))
    table.take(rings("call", "ann"))
    (incident,) = table.incidents()
    assert incident.person_id == person("ann")
    assert [part.name for part in incident.contacts[1].parts] == ["", "recording:RE1"]


def test_a_recording_that_tells_who_called_is_as_good_as_the_call(table: Table) -> None:
    step = table.take(recorded("call", "ann"))
    assert on_queues(step) == [("queue.general", "incident.opened", "waiting")]
    table.take(rings("call", "ann", CallStatus.COMPLETED, 4))
    (incident,) = table.incidents()
    assert (incident.person_id, incident.contacts[0].call_status) == (person("ann"), CallStatus.COMPLETED)


def test_a_voicemail_that_nobody_could_transcribe_waits_for_somebody_to_hear_it(table: Table) -> None:
    table.take(transcribed("call", "ann", S2, GENERAL, wordless=True))
    assert table.incident("call").severity is S2


def test_words_stand_for_the_call_whatever_is_told_later(table: Table) -> None:
    table.take_all(rings("call", "ann"), transcribed("call", "ann", S1, VET))
    before = table.incident("call")
    table.take_all(rings("call", "ann", CallStatus.COMPLETED, 9), recorded("call"))
    now = table.incident("call")
    assert (now.skill, now.evidence, now.contacts[0].offset) == (VET, before.evidence, before.contacts[0].offset)


def test_of_several_transcripts_the_most_severe_stands_for_the_call(table: Table) -> None:
    table.take_all(rings("call", "ann"), transcribed("call", "ann", S1, VET, "TR1"))
    table.take(transcribed("call", "ann", S3, CLAIMS, "TR2"))
    incident = table.incident("call")
    assert (incident.severity, incident.skill) == (S1, VET)
    assert {each.rule for each in incident.evidence} == {"test.emergency-vet"}
    assert incident.skills == (VET, CLAIMS)


def test_a_failed_transcript_changes_nothing_that_is_judged(table: Table) -> None:
    table.take(rings("call", "ann"))
    table.take(transcribed("call", "ann", S2, GENERAL, wordless=True))
    incident = table.incident("call")
    assert (incident.severity, incident.changes[-1].reason) == (S2, "transcription")


def handled(table: Table) -> None:
    """Ann's call, resolved by Maria."""
    table.take_all(rings("call", "ann"), presence("maria"), claims("maria", "call"), resolves("maria", "call"))


@pytest.mark.parametrize("severity", [S1, S2])
def test_urgent_words_after_the_incident_was_resolved_open_it_again_for_anybody(
    table: Table, severity: Severity
) -> None:
    handled(table)
    step = table.take(transcribed("call", "ann", severity, VET), after=timedelta(minutes=4))
    assert on_queues(step)[0] == ("queue.emergency-vet", "incident.changed", "waiting")
    incident = table.incident("call")
    assert (incident.severity, incident.skill, incident.owner, incident.resolved_at) == (severity, VET, None, None)
    assert incident.waiting_since == table.now
    assert incident.changes[-1].reason == "reopened"
    assert table.entry(f"person/{person('ann')}", Person).open == (incident_id("call"),)


def test_what_was_reopened_can_be_claimed_and_resolved_like_any_other(table: Table) -> None:
    handled(table)
    table.take(transcribed("call", "ann", S1, VET))
    table.take_all(claims("maria", "call", command="again"), resolves("maria", "call", command="done"))
    assert table.incident("call").state is IncidentState.RESOLVED
    assert table.entry(f"person/{person('ann')}", Person).open == ()


def test_what_the_person_says_next_joins_what_was_reopened(table: Table) -> None:
    handled(table)
    table.take_all(transcribed("call", "ann", S1, VET), came("sms", "ann", S1, VET))
    assert len(table.incidents()) == 1


@pytest.mark.parametrize(
    "late",
    [
        recorded("call"),
        transcribed("call", "ann", S3, CLAIMS),
        transcribed("call", "ann", S4, GENERAL),
        transcribed("call", "ann", S2, GENERAL, wordless=True),
        rings("call", "ann", CallStatus.COMPLETED, 3),
    ],
    ids=["recording", "S3", "S4", "failed", "ended"],
)
def test_anything_else_after_that_is_recorded_only(table: Table, late: Said) -> None:
    handled(table)
    table.take(late)
    incident = table.incident("call")
    assert (incident.state, incident.owner) == (IncidentState.RESOLVED, "maria")


def test_the_same_transcript_reopens_once(table: Table) -> None:
    handled(table)
    table.take(transcribed("call", "ann", S1, VET))
    table.take_all(claims("maria", "call", command="again"), resolves("maria", "call", command="done"))
    table.take(Said("another delivery", "contact.scored", transcribed("call", "ann", S1, VET).value))
    assert table.incident("call").state is IncidentState.RESOLVED


def one_contact_each(incidents: list[Incident]) -> bool:
    held = [ref.contact_id for incident in incidents for ref in incident.contacts]
    return len(held) == len(set(held))


@settings(max_examples=60, deadline=None)
@given(calls(), st.data())
def test_one_contact_stays_in_one_incident_though_agents_resolve_it_in_between(
    told: list[Said], data: st.DataObject
) -> None:
    table = after(presence("maria"))
    for n, said in enumerate(data.draw(st.permutations(told))):
        table.take(said)
        if data.draw(st.booleans()):
            table.take_all(claims("maria", "call", command=f"c{n}"), resolves("maria", "call", command=f"r{n}"))
    assert one_contact_each(table.incidents())
