"""What every stage promises the runner, tried on both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.model.catalogue import INBOUND, POOL
from router.model.events import PolicyApplied
from router.stages.contract import Entries, Entry, Record, Stage, Undecodable
from router.stages.in_force import seeded
from router.stages.intake import Intake
from router.stages.pool import Pool
from scoring.model import Severity, Skill
from tests.router.stages.situations import (
    NOON,
    Table,
    assessed,
    came,
    claims,
    one_person,
    policy_applied,
    presence,
    received,
    record,
    releases,
    resolves,
)

EXAMPLES = settings(max_examples=60)

INTAKE = Intake(lambda _: "petcare", {"petcare": 0}, assess=lambda _: assessed(Severity.S2, Skill.LOST_PET))
POOL_STAGE = Pool()
STAGES: tuple[Stage, ...] = (INTAKE, POOL_STAGE)
SAMPLES: Mapping[str, tuple[Record, ...]] = {
    "intake": (received("SM1"),),
    "pool": tuple(
        record(said, offset, NOON)
        for offset, said in enumerate(
            [
                policy_applied(),
                presence("maria"),
                came("sms", "ann", Severity.S1, Skill.EMERGENCY_VET),
                claims("maria", "sms"),
                releases("maria", "sms"),
                claims("maria", "sms", command="again"),
                resolves("maria", "sms"),
                one_person("ann", "ann", "ann-mail"),
            ]
        )
    ),
}
STAGE_AND_SAMPLE = st.sampled_from([(stage, sample) for stage in STAGES for sample in SAMPLES[stage.name]])
JUNK: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
)


def beginning(stage: Stage) -> Entries:
    """A state in which the stage can step: a pool with some people in it."""
    if not stage.kinds:
        return Entries({})
    table = Table()
    for each in SAMPLES[stage.name][:4]:
        table.take_record(each)
    return Entries(table.snapshot())


BEGINNINGS = {stage.name: beginning(stage) for stage in STAGES}


def tried(stage: Stage, taken: Record) -> None:
    """Steps or raises Undecodable, whatever the record is; the state it was given is as it was."""
    entries = BEGINNINGS[stage.name]
    before = dict(entries.base)
    try:
        stage.step(entries, taken)
    except Undecodable as error:
        assert error.reason
    assert entries.base == before
    assert entries.changes == {}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_knows_all_events_of_its_topics(stage: Stage) -> None:
    types = {each.header("ce_type") for each in SAMPLES[stage.name]}
    assert types <= (POOL if stage.kinds else INBOUND).keys()
    for each in SAMPLES[stage.name]:
        stage.step(BEGINNINGS[stage.name], each)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_every_entry_is_of_a_kind_that_the_changelog_can_read_back(stage: Stage) -> None:
    for key, entry in BEGINNINGS[stage.name].base.items():
        kind = stage.kinds[key.partition("/")[0]]
        assert kind.model_validate_json(entry.model_dump_json()) == entry


@given(STAGE_AND_SAMPLE)
def test_the_same_input_gives_the_same_output(case: tuple[Stage, Record]) -> None:
    stage, sample = case
    one, other = stage.step(BEGINNINGS[stage.name], sample), stage.step(BEGINNINGS[stage.name], sample)
    assert one.outcomes == other.outcomes
    assert one.entries.changes == other.entries.changes


@given(STAGE_AND_SAMPLE)
def test_a_step_changes_nothing_that_it_was_given(case: tuple[Stage, Record]) -> None:
    stage, sample = case
    base: dict[str, Entry] = deepcopy(dict(BEGINNINGS[stage.name].base))
    entries = Entries(base)
    stage.step(entries, sample)
    assert base == BEGINNINGS[stage.name].base
    assert entries.changes == {}


@given(STAGE_AND_SAMPLE)
def test_the_trace_goes_on(case: tuple[Stage, Record]) -> None:
    stage, sample = case
    for outcome in stage.step(BEGINNINGS[stage.name], sample).outcomes:
        if outcome.revision is None or outcome.topic == "desk":
            assert outcome.traceparent == sample.header("traceparent")


@EXAMPLES
@given(
    st.sampled_from(STAGES),
    st.none() | st.binary(max_size=40),
    st.lists(st.tuples(st.sampled_from(["ce_id", "ce_type", "ce_time", "x"]), st.binary(max_size=20)), max_size=6),
)
def test_no_bytes_raise_anything_but_undecodable(
    stage: Stage, value: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    tried(stage, Record(stage.sources[0], 0, 99, None, value, tuple(headers), NOON))


@EXAMPLES
@given(STAGE_AND_SAMPLE, st.none() | st.binary(max_size=40) | st.sampled_from([b"{}", b"[]", b'"\\ud800"', b"\xff"]))
def test_no_value_under_good_headers_raises_anything_but_undecodable(
    case: tuple[Stage, Record], value: bytes | None
) -> None:
    stage, sample = case
    tried(stage, Record(sample.topic, 0, 99, sample.key, value, sample.headers, NOON))


@EXAMPLES
@given(STAGE_AND_SAMPLE, st.integers(0, 9), st.text(max_size=20) | st.just("0001-01-01T00:00:00+14:00"))
@example((POOL_STAGE, SAMPLES["pool"][2]), 5, "0001-01-01T00:00:00+14:00")
@example((POOL_STAGE, SAMPLES["pool"][2]), 5, "9999-12-31T23:59:59-14:00")
@example((INTAKE, SAMPLES["intake"][0]), 5, "9999-12-31T23:59:59-14:00")
def test_no_header_raises_anything_but_undecodable(case: tuple[Stage, Record], which: int, text: str) -> None:
    stage, sample = case
    which %= len(sample.headers)
    headers = tuple(
        (name, text.encode() if place == which else value) for place, (name, value) in enumerate(sample.headers)
    )
    tried(stage, Record(sample.topic, 0, 99, sample.key, sample.value, headers, NOON))


@EXAMPLES
@given(STAGE_AND_SAMPLE, st.data())
def test_no_field_of_a_value_raises_anything_but_undecodable(case: tuple[Stage, Record], data: st.DataObject) -> None:
    stage, sample = case
    value: Any = json.loads(sample.value or b"{}")
    place = value
    while isinstance(place, dict) and place:
        name = data.draw(st.sampled_from(sorted(place)))
        if isinstance(place[name], dict) and data.draw(st.booleans()):
            place = place[name]
            continue
        if data.draw(st.booleans()):
            place[name] = data.draw(JUNK)
        else:
            del place[name]
        break
    tried(stage, Record(sample.topic, 0, 99, sample.key, json.dumps(value).encode(), sample.headers, NOON))


def test_what_cannot_be_decoded_is_named_without_its_content() -> None:
    sample = SAMPLES["pool"][2]
    assert sample.value is not None
    broken = sample.value.replace(b'"severity":"S1"', b'"severity":"a phone number"', 1)
    with pytest.raises(Undecodable) as caught:
        POOL_STAGE.step(BEGINNINGS["pool"], Record("pool", 0, 9, sample.key, broken, sample.headers, NOON))
    assert caught.value.field == "assessment.severity"
    assert "phone" not in str(caught.value)


def test_an_unknown_type_is_answered_with_those_that_are_known() -> None:
    sample = SAMPLES["pool"][2]
    headers = tuple((name, b"timer.sold" if name == "ce_type" else value) for name, value in sample.headers)
    with pytest.raises(Undecodable) as caught:
        POOL_STAGE.step(BEGINNINGS["pool"], Record("pool", 0, 9, sample.key, sample.value, headers, NOON))
    assert (caught.value.reason, caught.value.field, caught.value.got) == ("unknown-type", "ce_type", "timer.sold")
    assert "contact.scored" in (caught.value.expected or "")


def test_a_pool_can_be_seeded_before_its_first_step() -> None:
    applied = policy_applied().value
    assert isinstance(applied, PolicyApplied)
    POOL_STAGE.step(seeded(Entries({}), applied), SAMPLES["pool"][2])
