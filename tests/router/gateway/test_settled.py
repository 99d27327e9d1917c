from __future__ import annotations

import pytest

from router.gateway.settled import Settled
from router.model.cloudevents import Attributes, message
from router.model.events import LetterSettled
from router.model.letters import ACTIONS
from router.stages.contract import Record
from tests.router.gateway.parts import NOW


def action(name: str, kind: str = "letter.dropped") -> Record:
    value = LetterSettled(letter=name, stage="intake", by="ann", why="seen", at=NOW)
    said = message(ACTIONS, name, value, Attributes("id", kind, "/dlq", name, NOW))
    return Record(ACTIONS, 0, 0, said.key, said.value, said.headers, NOW)


def test_open_are_those_on_the_topic_that_nobody_has_settled() -> None:
    settled = Settled()
    for name in ("intake.dlq/0/1", "intake.dlq/0/5", "intake.dlq/0/5", "pool.dlq/0/6"):
        settled.fold(action(name))
    assert settled.open("intake.dlq", 0, 10) == 8
    assert settled.open("intake.dlq", 3, 10) == 6
    assert settled.open("pool.dlq", 0, 10) == 9
    assert settled.open("gateway.dlq", 0, 0) == 0


@pytest.mark.parametrize("value", [None, b"", b"{}"])
def test_what_names_no_letter_says_nothing(value: bytes | None) -> None:
    settled = Settled()
    settled.fold(Record(ACTIONS, 0, 0, None, value, (("ce_type", b"letter.dropped"),), NOW))
    settled.fold(action("nowhere"))
    settled.fold(action("intake.dlq/0/1", "stage.resumed"))
    assert settled.open("intake.dlq", 0, 10) == 10
