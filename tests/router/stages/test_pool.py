"""What holds for every history of a pool."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from router.model.events import CommandResult, QueueEvent
from router.model.incident import IncidentState
from router.stages.contract import Entries, Entry, Outcome, Record
from router.stages.entries import Layer, Store
from router.stages.pool import Pool
from router.stages.state import CLOCK, KINDS, Agent, Clock, IncidentEntry, Person
from router.stages.views import queue_event
from scoring.model import Severity, Skill
from tests.router.stages.histories import LONG_GAPS, SHORT_GAPS, histories
from tests.router.stages.readers import Reader
from tests.router.stages.situations import (
    NOON,
    S1,
    S2,
    Table,
    came,
    claims,
    presence,
    record,
    replayed,
    resolves,
)

EXAMPLES = settings(max_examples=30)


def without_clock(state: dict[str, Entry]) -> dict[str, Entry]:
    return {key: entry for key, entry in state.items() if key != CLOCK}


def agents(table: Table) -> list[Agent]:
    return [entry for entry in table.store.values() if isinstance(entry, Agent)]


@EXAMPLES
@given(histories(gaps=SHORT_GAPS), st.randoms(use_true_random=False))
def test_redelivering_any_history_in_any_order_changes_nothing(history: list[Record], order: st.DataObject) -> None:
    table = replayed(history)
    before, told = without_clock(table.snapshot()), len(table.told)
    again = [each for each in history if each.header("ce_type") != "people.changed"]
    order.shuffle(again)  # type: ignore[attr-defined]
    for offset, each in enumerate(again, start=len(history) + 1):
        headers = each.headers
        table.take_record(Record(each.topic, 0, offset, each.key, each.value, headers, history[-1].timestamp))
    assert without_clock(table.snapshot()) == before
    assert {outcome.type for outcome in table.told[told:]} <= {"command.result"}


@EXAMPLES
@given(histories(gaps=LONG_GAPS))
def test_replaying_from_the_start_gives_the_same_state_and_tells_the_same(history: list[Record]) -> None:
    one, other = replayed(history), replayed(history)
    assert one.snapshot() == other.snapshot()
    assert one.told == other.told


@EXAMPLES
@given(histories(gaps=LONG_GAPS), st.integers(1, 7))
def test_how_the_log_is_cut_into_batches_makes_no_difference(history: list[Record], size: int) -> None:
    """Expired entries are removed at other moments, which nobody can tell."""
    single, told, store = replayed(history), list[Outcome](), Store()
    store.merge({"policy": single.store["policy"]})
    for start in range(0, len(history), size):
        layer = Layer(store)
        for each in history[start : start + size]:
            step = Pool().step(Entries(layer), each)
            layer.changes.update(step.entries.changes)
            told.extend(step.outcomes)
        store.merge(layer.changes)
    assert alive(dict(store), single.now_of_fold()) == alive(single.snapshot(), single.now_of_fold())
    assert [each for each in told if each.value is not None] == [each for each in single.told if each.value is not None]


def alive(state: dict[str, Entry], at: object) -> dict[str, Entry]:
    return {key: each for key, each in state.items() if each.expires_at is None or each.expires_at > at}  # type: ignore[operator]


@EXAMPLES
@given(histories(gaps=LONG_GAPS))
def test_each_incident_has_at_most_one_owner_who_knows_it_and_claims_within_capacity(history: list[Record]) -> None:
    table = Table()
    for each in history:
        step = table.take_record(each)
        owned = {one.incident_id: one.owner for one in table.incidents() if one.state is IncidentState.OWNED}
        held = {incident: agent.agent_id for agent in agents(table) for incident in agent.incidents}
        assert owned == held
        assert sum(len(agent.incidents) for agent in agents(table)) == len(held)
        for outcome in step.outcomes:
            if outcome.type == "incident.claimed" and isinstance(outcome.value, QueueEvent):
                owner = table.entry(f"agent/{outcome.value.owner}", Agent)
                assert len(owner.incidents) <= owner.capacity


@EXAMPLES
@given(st.permutations([(agent, contact) for agent in ("maria", "noah") for contact in ("a", "b", "c")]))
def test_any_interleaving_of_claims_has_one_owner_each_and_nobody_over_capacity(order: list[tuple[str, str]]) -> None:
    table = Table()
    table.take_all(came("a", "ann"), came("b", "ben"), came("c", "cleo"))
    table.take_all(presence("maria", capacity=1), presence("noah", capacity=2))
    granted = Counter()  # type: Counter[str]
    for agent, contact in order:
        table.take(claims(agent, contact))
        said = table.told[-1].value
        assert isinstance(said, CommandResult)
        granted[agent] += said.status == 200
    assert granted["maria"] <= 1
    assert granted["noah"] <= 2
    assert sum(granted.values()) == sum(one.owner is not None for one in table.incidents())


@EXAMPLES
@given(histories())
def test_the_revision_of_each_incident_rises_by_one(history: list[Record]) -> None:
    revisions: dict[str, list[int]] = defaultdict(list)
    for outcome in replayed(history).told:
        if isinstance(outcome.value, QueueEvent) and outcome.value.state is not IncidentState.MOVED:
            assert outcome.revision == outcome.value.revision
            revisions[outcome.key].append(outcome.value.revision)
    for seen in revisions.values():
        assert seen == list(range(1, len(seen) + 1))


@EXAMPLES
@given(histories())
def test_ids_of_what_is_told_are_unique_but_for_repeated_results(history: list[Record]) -> None:
    told = Counter((each.topic, each.id) for each in replayed(history).told if each.type != "command.result")
    assert [each for each, count in told.items() if count > 1] == []


@EXAMPLES
@given(histories(), st.data())
def test_a_reader_of_the_queues_knows_exactly_what_is_open(history: list[Record], data: st.DataObject) -> None:
    """Also where a worker crashed after its outputs: they come again under a higher epoch, a stale worker's late."""
    table, reader, epoch, stale = Table(), Reader(), 1, list[tuple[Outcome, int]]()
    for each in history:
        outcomes = table.take_record(each).outcomes
        for outcome in outcomes:
            reader.read(outcome, epoch)
        if data.draw(st.booleans()):
            stale += [(outcome, epoch) for outcome in outcomes]
            epoch += 1
            for outcome in outcomes:
                reader.read(outcome, epoch)
    truth = {one.incident_id: one for one in table.incidents() if one.state.open}
    seen = reader.waiting_or_owned()
    assert seen == {key: (f"queue.{one.skill.value}", queue_event(one)) for key, one in truth.items()}


@EXAMPLES
@given(histories())
def test_the_truth_is_what_was_written_last_byte_by_byte_after_a_restore(history: list[Record]) -> None:
    table, reader = Table(), Reader()
    for each in history:
        for outcome in table.take_record(each).outcomes:
            reader.read(outcome)
    restored = {
        key: KINDS[key.partition("/")[0]].model_validate_json(entry.model_dump_json())
        for key, entry in table.snapshot().items()
    }
    assert restored == table.snapshot()
    truths = {(each.topic, each.key): each for each in table.pool.truth(restored, 0)}
    assert truths.keys() == reader.live().keys()
    for key, truth in truths.items():
        written = reader.last(*key)
        assert truth.value is not None
        assert truth.value.model_dump_json().encode() == reader.live()[key]
        assert (truth.id, truth.type, truth.subject, truth.time) == (
            written.id,
            written.type,
            written.subject,
            written.time,
        )
        assert (truth.revision, truth.traceparent) == (written.revision, written.traceparent)


@EXAMPLES
@given(histories())
def test_severity_falls_only_by_a_change_that_names_contact_reason_and_evidence(history: list[Record]) -> None:
    table, severities = Table(), dict[str, Severity]()
    for each in history:
        table.take_record(each)
        for one in table.incidents():
            before = severities.get(one.incident_id, one.severity)
            if one.severity > before:
                change = next(each for each in reversed(one.changes) if each.severity is not None)
                assert one.type.value == "incident.changed"
                assert change.severity is one.severity
                assert change.reason and change.contact_id and change.evidence
                assert one.severity <= Severity.S3
                assert not one.floor or one.severity <= S2
            severities[one.incident_id] = one.severity


@EXAMPLES
@given(histories())
def test_every_inbound_contact_is_in_exactly_one_incident(history: list[Record]) -> None:
    table = replayed(history)
    held = Counter(ref.contact_id for one in table.incidents() for ref in one.contacts)
    assert [each for each, count in held.items() if count > 1] == []
    known = {key.partition("/")[2] for key, entry in table.store.items() if key.startswith("contact/")}
    assert set(held) <= known


@EXAMPLES
@given(histories(gaps=LONG_GAPS))
def test_an_open_incident_is_on_the_list_of_its_person_and_on_no_other(history: list[Record]) -> None:
    table = replayed(history)
    listed = [
        (incident, key.partition("/")[2])
        for key, entry in table.store.items()
        if isinstance(entry, Person)
        for incident in entry.open
    ]
    assert sorted(listed) == sorted((one.incident_id, one.person_id) for one in table.incidents() if one.state.open)


@EXAMPLES
@given(histories())
def test_one_event_changes_few_entries(history: list[Record]) -> None:
    table = Table()
    for each in history:
        assert len(table.take_record(each).entries.changes) <= 1000


@EXAMPLES
@given(histories())
def test_every_command_has_one_result(history: list[Record]) -> None:
    table = Table()
    for each in history:
        results = [one for one in table.take_record(each).outcomes if one.type == "command.result"]
        asked = (each.header("ce_type") or "").startswith("command.")
        assert len(results) == asked
        assert all(one.subject == each.header("ce_id") for one in results)


def test_time_is_the_brokers_and_never_goes_back() -> None:
    table = Table()
    table.take(came("one", "ann"))
    late = table.now
    table.take_record(record(came("two", "ann"), 9, NOON))
    assert table.incident("one").changed_at == late
    assert table.entry(CLOCK, Clock).at == late


def test_an_incident_keeps_the_trace_of_what_changed_it_last() -> None:
    table = Table()
    table.take_all(came("sms", "ann", S1, Skill.LOST_PET), presence("maria"), claims("maria", "sms"))
    step = table.take(resolves("maria", "sms"))
    assert table.incident("sms").delivery == "maria-resolve-sms"
    assert {each.traceparent for each in step.outcomes} == {table.incident("sms").traceparent}


def test_the_truth_of_a_pool_is_its_incidents() -> None:
    table = Table()
    table.take_all(came("one", "ann"), came("two", "ben"))
    assert [each.key for each in table.pool.truth(table.store, 0)] == [
        entry.incident.incident_id for entry in table.store.values() if isinstance(entry, IncidentEntry)
    ]
