"""How often everyday texts raise an alarm, and which rules are to blame."""

from __future__ import annotations

from scoring.evaluation.ordinary import NO_RULE, ordinary
from scoring.model import Severity
from tests.scoring.contacts import scored

TEXTS = ("how do I change my password", "my dog is not breathing", "he is not breathing, he collapsed", "thanks!")


def test_alarms_are_counted_with_the_rules_that_raised_them() -> None:
    found = ordinary((text, scored(text)) for text in TEXTS)
    assert (found.texts, found.figures["urgent"], found.figures["s1"]) == (4, 0.5, 0.5)
    assert found.rules["vet.airway-breathing"] == 2
    assert [alarm.number for alarm in found.alarms] == [2, 3]


def test_an_alarm_that_no_rule_raised_is_told_as_such() -> None:
    raised = scored("thanks!").model_copy(update={"severity": Severity.S2, "evidence": ()})
    found = ordinary([("thanks!", raised)])
    assert found.rules == {NO_RULE: 1}


def test_of_no_texts_nothing_is_said() -> None:
    assert ordinary([]).figures == {"urgent": None, "s1": None}
