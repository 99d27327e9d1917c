from datetime import timedelta

import pytest

from scoring.model import Skill
from tests.router.stages.situations import (
    S2,
    Table,
    answer,
    came,
    claims,
    presence,
    releases,
    resolves,
    result,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def table() -> Table:
    table = Table()
    table.take_all(came("sms", "ann", S2, Skill.EMERGENCY_VET), presence("maria"), presence("noah"))
    return table


def test_a_repeated_command_has_the_same_result_and_acts_once(table: Table) -> None:
    first = result(table.take(claims("maria", "sms", command="m_1")))
    table.take(releases("maria", "sms"))
    step = table.take(claims("maria", "sms", command="m_1"))
    assert [each.type for each in step.outcomes] == ["command.result"]
    assert result(step) == first
    assert table.incident("sms").owner is None


def test_a_refusal_is_repeated_too(table: Table) -> None:
    table.take(claims("maria", "sms"))
    table.take(claims("noah", "sms", command="m_1"))
    table.take(releases("maria", "sms"))
    assert answer(table.take(claims("noah", "sms", command="m_1"))) == (409, "owned", "maria")
    assert answer(table.take(claims("noah", "sms", command="m_2"))) == (200, None, "noah")


def test_a_repeated_presence_sets_nothing_back(table: Table) -> None:
    table.take(presence("maria", capacity=7, command="later"))
    table.take(presence("maria", capacity=3))
    assert result(table.take(presence("maria", capacity=7, command="later"))).status == 200


def test_the_same_id_for_another_command_is_refused_and_says_whom_it_answers(table: Table) -> None:
    table.take(claims("maria", "sms", command="m_1", fingerprint="claim it"))
    step = table.take(resolves("maria", "sms", command="m_1", fingerprint="resolve it"))
    assert answer(step) == (422, "idempotency-key-reused", None)
    assert result(step).fingerprint == "resolve it"
    assert step.outcomes[-1].id != "m_1:result"
    assert result(table.take(claims("maria", "sms", command="m_1", fingerprint="claim it"))).status == 200


def test_after_ten_minutes_an_id_is_free(table: Table) -> None:
    table.take(claims("maria", "sms", command="m_1"))
    table.take(releases("maria", "sms"))
    table.take(claims("noah", "sms"), after=9 * MINUTE)
    assert answer(table.take(claims("maria", "sms", command="m_1"), after=MINUTE)) == (409, "owned", "noah")
