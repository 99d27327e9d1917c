from __future__ import annotations

from datetime import timedelta

import pytest

from router.cli.dlq_chosen import BadChoice, Wanted, read_name
from router.model.dead_letters import Place
from router.model.events import DeadLetter
from router.model.letters import Letter, State
from tests.router.runtime.memory_log import START


def letter(offset: int, stage: str = "intake", reason: str = "malformed", state: State = State.OPEN) -> Letter:
    at = START + timedelta(hours=offset)
    why = DeadLetter(stage=stage, reason=reason, topic="t", at=at)
    return Letter(Place(f"{stage}.dlq", 0, offset), why, at, "contact.received", 3, state)


LETTERS = [letter(0), letter(1, "pool", "raised KeyError at step:3"), letter(2, state=State.DROPPED), letter(3)]


def offsets(wanted: Wanted, *, settled: bool = False) -> list[int]:
    return [one.name.offset for one in wanted.of(LETTERS, START + timedelta(hours=4), settled=settled)]


def test_open_ones_are_chosen_by_stage_by_a_part_of_the_reason_and_by_age() -> None:
    assert offsets(Wanted.read(None, None, None)) == [0, 1, 3]
    assert offsets(Wanted.read("intake", None, None)) == [0, 3]
    assert offsets(Wanted.read(None, "keyerror", None)) == [1]
    assert offsets(Wanted.read(None, None, "2 h")) == [3]
    assert offsets(Wanted.read("intake", None, "2h"), settled=True) == [2, 3]


def test_those_named_are_chosen_whatever_became_of_them() -> None:
    assert offsets(Wanted.named(["intake/2", "pool.dlq/0/1"], None, None, None)) == [1, 2]


@pytest.mark.parametrize(
    "name", ["", "intake", "intake/x", "intake/0/1", "inbound.sms/0/1", "elsewhere/3", "queue.dlq/0/1"]
)
def test_what_names_no_letter_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(BadChoice, match=r"intake\.dlq/0/5"):
        read_name(name)


def test_whoever_changes_something_says_what() -> None:
    with pytest.raises(BadChoice, match="name letters"):
        Wanted.named([], None, None, None)
    with pytest.raises(BadChoice, match="not both"):
        Wanted.named(["intake/1"], "pool", None, None)
    with pytest.raises(BadChoice, match="expected gateway, intake, pool"):
        Wanted.named(None, "elsewhere", None, None)
    with pytest.raises(BadChoice, match="--since: expected a length of time"):
        Wanted.named(None, None, None, "yesterday")
