"""What the watchdog finds wrong, and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Automatic, Direction
from router.model.alerts import AlertKind
from router.stages.contract import Record
from router.watchdog.facts.gateways import Figures
from router.watchdog.findings import Finding, findings, standings
from router.watchdog.findings import Standing as State
from scoring.model import Severity
from tests.router.watchdog.situations import NOW, agent, at, facts, incident, sample, scored, tombstone


def kinds(*records: Record) -> list[AlertKind]:
    return [each.kind for each in findings(facts(*records), NOW)]


def only(*records: Record) -> Finding:
    found = findings(facts(*records), NOW)
    assert len(found) == 1
    return found[0]


def test_four_hundred_who_wait_with_nobody_are_one_finding_that_names_the_worst_and_oldest() -> None:
    waiting = [incident(f"i_petcare_{n}", since=at(-n)) for n in range(400)]
    urgent = [incident(f"i_petcare_s1_{n}", severity=Severity.S1, since=at(-n)) for n in range(3)]
    found = only(*waiting, *urgent)
    assert (found.kind, found.subject) == (AlertKind.NOBODY_CAN_TAKE, "queue.emergency-vet")
    assert (found.count, found.severity, found.incident_id) == (403, Severity.S1, "i_petcare_s1_2")
    assert (found.since, len(found.examples)) == (at(-2), 3)


@pytest.mark.parametrize(
    "who",
    [
        [],
        [agent("maria", "away")],
        [agent("maria", capacity=1, holds=("i_other",))],
        [agent("maria"), agent("maria", "offline", revision=2)],
    ],
    ids=["nobody", "away", "full", "gone"],
)
def test_who_waits_without_an_agent_who_can_take_them_is_found(who: list[Record]) -> None:
    assert kinds(incident("i_petcare_a"), *who) == [AlertKind.NOBODY_CAN_TAKE]


def test_one_agent_with_skill_language_and_room_is_enough() -> None:
    assert kinds(incident("i_petcare_a"), agent("ben", "away"), agent("maria")) == []


def test_an_agent_without_the_language_or_the_skill_is_not() -> None:
    assert kinds(incident("i_petcare_a", languages=("es",)), agent("maria")) == [AlertKind.NOBODY_CAN_TAKE]
    assert kinds(incident("i_petcare_a", "claims"), agent("maria")) == [AlertKind.NOBODY_CAN_TAKE]


def test_an_owner_who_went_away_is_found_and_one_who_is_there_is_not() -> None:
    held = incident("i_petcare_a", state="owned", owner="maria")
    assert kinds(held, agent("maria")) == []
    found = only(held, agent("maria", "offline"))
    assert (found.kind, found.subject, found.incident_id) == (AlertKind.OWNER_ABSENT, "maria", "i_petcare_a")


def test_an_incident_on_two_queues_is_found_until_it_has_left_one() -> None:
    both = [agent("maria"), incident("i_petcare_a"), incident("i_petcare_a", "claims", revision=2)]
    assert AlertKind.TWO_QUEUES in kinds(*both)
    assert AlertKind.TWO_QUEUES not in kinds(*both, tombstone("i_petcare_a"))


def test_who_owns_an_incident_that_moves_owns_it_until_it_has_left_both_queues() -> None:
    owned = incident("i_petcare_a", state="owned", owner="maria")
    moving = [owned, incident("i_petcare_a", "claims", state="owned", owner="maria", revision=2)]
    moved = [agent("maria", "offline"), *moving, tombstone("i_petcare_a", revision=2)]
    assert only(*moved).kind is AlertKind.OWNER_ABSENT
    assert kinds(*moved, tombstone("i_petcare_a", "claims", revision=3)) == []


def test_a_late_writers_record_opens_nothing_again() -> None:
    assert (
        kinds(incident("i_petcare_a", revision=3), tombstone("i_petcare_a", revision=4), incident("i_petcare_a")) == []
    )


def test_a_contact_that_the_pool_has_passed_needs_an_incident_within_seconds() -> None:
    known = facts(scored("c_a", 4))
    known.sampled(sample(reached=5), at(1))
    assert findings(known, at(4)) == ()
    (found,) = findings(known, at(5))
    assert (found.kind, found.subject, found.examples) == (AlertKind.CONTACT_LOST, "petcare", ("c_a",))
    known.apply(incident("i_petcare_a", contacts=("c_a",), state="resolved"), at(6))
    assert findings(known, at(7)) == ()


def test_what_the_pool_has_yet_to_take_is_not_lost_but_behind() -> None:
    known = facts(scored("c_a", 4))
    known.sampled(sample(reached=4, end=5), NOW)
    known.sampled(sample(reached=4, end=5), at(11))
    assert [each.kind for each in findings(known, at(11))] == [AlertKind.STAGE_BEHIND]


@pytest.mark.parametrize(
    "record",
    [
        scored("c_a", direction=Direction.OUTBOUND),
        scored("c_a", automatic=Automatic.BOUNCE),
        scored("c_a", part="recording:RE1"),
    ],
)
def test_what_needs_no_incident_is_never_lost(record: Record) -> None:
    known = facts(record)
    known.sampled(sample(reached=9), at(1))
    assert findings(known, at(60)) == ()


def test_dead_letters_are_news_from_ten_on() -> None:
    known = facts()
    known.sampled(sample(0, pool_dlq=9), NOW)
    assert findings(known, NOW) == ()
    known.sampled(sample(0, pool_dlq=10), NOW)
    assert [(each.kind, each.count) for each in findings(known, NOW)] == [(AlertKind.DEAD_LETTERS, 10)]


def test_a_gateway_that_spools_refuses_or_is_away_is_found() -> None:
    known = facts()
    known.answered("http://a", Figures(spooled=7, refusing=("twilio",)), NOW)
    known.away("http://b", NOW)
    found = {(each.kind, each.subject) for each in findings(known, at(10))}
    assert found == {
        (AlertKind.SPOOLING, "http://a"),
        (AlertKind.SIGNATURES_FAILING, "twilio"),
        (AlertKind.GATEWAY_AWAY, "http://b"),
    }


def test_a_clock_ahead_of_the_brokers_is_found_and_forgotten_after_a_minute() -> None:
    ahead = scored("c_a", automatic=Automatic.BOUNCE)
    early = Record(ahead.topic, 0, 0, ahead.key, ahead.value, ahead.headers, NOW - timedelta(seconds=6))
    known = facts(early)
    assert [each.kind for each in findings(known, at(59))] == [AlertKind.CLOCK_AHEAD]
    assert findings(known, at(61)) == ()


def test_what_cant_be_read_is_counted_and_stops_nothing() -> None:
    known = facts()
    known.apply(Record("queue.claims", 0, 0, b"i_x", b"{", (("ce_epoch", b"x"),), NOW), NOW)
    known.apply(Record("pool", 0, 0, b"x", b"{", (("ce_type", b"policy.applied"),), NOW), NOW)
    assert known.unreadable == 2


IDS = st.sampled_from([f"i_petcare_{n}" for n in range(4)])
QUEUES = st.sampled_from(["emergency-vet", "claims"])
RECORDS = st.one_of(
    st.builds(
        incident,
        IDS,
        QUEUES,
        state=st.sampled_from(["waiting", "owned", "resolved", "moved"]),
        owner=st.sampled_from(["maria", "ben"]),
        severity=st.sampled_from(Severity),
        revision=st.integers(1, 9),
    ),
    st.builds(tombstone, IDS, QUEUES, revision=st.integers(1, 9)),
    st.builds(agent, st.sampled_from(["maria", "ben"]), st.sampled_from(["available", "away"])),
)


@given(st.lists(RECORDS, max_size=40))
def test_every_open_incident_is_in_one_state_and_whichever_is_in_none_of_the_good_ones_is_told(
    history: list[Record],
) -> None:
    known = facts(*history)
    states = standings(known)
    told = findings(known, NOW)
    assert sum(states.values()) >= len({*known.incidents.double})
    stuck = states[State.NOBODY] + states[State.OWNER_ABSENT]
    assert stuck == 0 or told
    assert len({each.alert_id for each in told}) == len(told)
    waiting = sum(len(ids) for ids in known.incidents.waiting.values())
    assert waiting == states[State.NOBODY] + states[State.TAKEABLE]
