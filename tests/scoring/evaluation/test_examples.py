"""A rule's examples say what it must and mustn't do, and are held to it."""

from __future__ import annotations

from scoring.evaluation.examples import Missing, failures, missing
from tests.scoring.evaluation.rule_sets import COUGH, rules


def test_examples_that_hold_are_not_told() -> None:
    assert list(failures(rules())) == []
    assert list(missing(rules())) == []


def test_an_example_that_does_not_hold_is_told_with_what_spoke_instead() -> None:
    (failure,) = failures(rules(COUGH.replace("he is coughing", "he is not coughing")))
    assert (failure.rule, failure.text, failure.fires) == ("vet.cough", "he is not coughing", True)
    assert [(each.rule, each.scope) for each in failure.evidence] == [("vet.cough", "negation")]


def test_a_rule_that_speaks_where_it_should_be_silent_is_told() -> None:
    (failure,) = failures(rules(COUGH.replace("not coughing any more", "still coughing")))
    assert not failure.fires


def test_only_the_rules_that_are_asked_for_are_run() -> None:
    broken = rules(COUGH.replace("he is coughing", "he is fine"))
    assert list(failures(broken, frozenset({"vet.other"}))) == []
    assert len(list(failures(broken, frozenset({"vet.cough"})))) == 1


def test_a_language_without_an_example_is_told() -> None:
    assert list(missing(rules(COUGH.replace(", il tousse", "")))) == [Missing("vet.cough", "fr")]
