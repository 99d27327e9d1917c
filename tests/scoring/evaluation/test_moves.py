"""What a change of rules moves."""

from __future__ import annotations

from scoring.assess import by_rules
from scoring.evaluation.moves import Move, levels, moves
from scoring.evaluation.rows import Row
from scoring.model import Severity
from tests.scoring.evaluation.rule_sets import COUGH, rules

ROWS = (
    Row(id="1", text="he is coughing since this morning", severity=Severity.S1),
    Row(id="2", text="how do I change my password"),
    Row(id="3", text="she is not coughing at all today", severity=Severity.S3),
)


def moved(changed: str, *rows: Row) -> list[Move]:
    return [move for move in moves(rows or ROWS, rules(), rules(changed), by_rules) if move is not None]


def test_the_same_rules_move_nothing() -> None:
    assert list(moves(ROWS, rules(), rules())) == [None, None, None]


def test_a_row_whose_level_changes_is_told_with_the_rules_that_moved_it() -> None:
    (move,) = moved(COUGH.replace("S2", "S1"))
    assert (move.row.id, move.before.severity, move.after.severity) == ("1", Severity.S2, Severity.S1)
    assert (move.raised, move.lowered, move.better) == (True, False, True)
    assert (move.by, move.without) == (("S1 vet.cough",), ("S2 vet.cough",))
    assert levels([move]) == {(Severity.S2, Severity.S1): 1}


def test_a_row_whose_skill_alone_changes_is_told_too() -> None:
    (move,) = moved(COUGH.replace("emergency-vet", "conduct"))
    assert (move.raised, move.lowered, move.better) == (False, False, None)
    assert levels([move]) == {}


def test_a_scope_that_no_longer_speaks_is_named() -> None:
    (move,) = moved(COUGH.replace("en: [not]", "en: [never]"), ROWS[2])
    assert (move.by, move.without) == (("S2 vet.cough",), ("S2 vet.cough (negation)",))
    assert move.better is False
