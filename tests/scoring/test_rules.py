"""Every rule keeps what its own examples promise; a file that can't be used says what is wrong with it."""

from __future__ import annotations

import pytest

from scoring.evaluation.examples import failures, missing
from scoring.rulefile import BadRules, Cue, Rule, Scope
from scoring.rules import load_rules, rules_of, under
from tests.scoring.contacts import ruled

RULES = load_rules().rules


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_keeps_what_its_examples_promise(rule: Rule) -> None:
    assert list(failures(load_rules(), frozenset({rule.id}))) == []


def test_a_rule_has_an_example_in_each_of_its_languages() -> None:
    assert list(missing(load_rules())) == []


def test_the_version_is_of_what_the_files_hold() -> None:
    assert rules_of({"a.yaml": A_RULE}).version == rules_of({"a.yaml": A_RULE}).version
    assert rules_of({"a.yaml": A_RULE}).version != rules_of({"b.yaml": A_RULE}).version
    assert rules_of({"a.yaml": A_RULE}).version != rules_of({"a.yaml": A_RULE + b"\n"}).version
    assert load_rules().version.startswith("rules-")


def test_other_rules_are_in_force_only_under_them() -> None:
    ours = load_rules()
    others = rules_of({"a.yaml": A_RULE.replace(b"coughing", b"purring")})
    with under(others):
        assert load_rules() is others
        assert [item.rule for item in ruled("she is purring").evidence] == ["vet.cough"]
    assert load_rules() is ours
    assert ruled("she is purring").evidence == ()


def test_every_cue_is_asked_for() -> None:
    entries = {id(entry.what): entry.what for entry in load_rules().entries}.values()
    asked = {cue for rule in entries if isinstance(rule, Rule) for cue in (*rule.near, *rule.unless)}
    asked |= {cue for scope in entries if isinstance(scope, Scope) for cue in (*scope.unless, *scope.until)}
    assert {cue.id for cue in entries if isinstance(cue, Cue)} - asked == set()


A_RULE = b"""
rules:
  - id: vet.cough
    severity: S2
    skill: emergency-vet
    about: Coughs.
    patterns: {en: [coughing]}
    examples: {fires: [coughing], silent: [fine]}
"""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"rules: [", "a.yaml: line 2: YAML: "),
        (b"- rules", "a.yaml: the file: entry: Input should be"),
        (b"rulez: []", "a.yaml: rulez: entry: Extra inputs are not permitted"),
        (A_RULE.replace(b"S2", b"S5"), "a.yaml: rule vet.cough: severity: Input should be 'S1', 'S2', 'S3' or 'S4'"),
        (A_RULE.replace(b"    about: Coughs.\n", b""), "a.yaml: rule vet.cough: about: Field required"),
        (A_RULE.replace(b"id: vet.cough", b"idd: vet.cough"), "a.yaml: rule number 1: id: Field required"),
        (A_RULE.replace(b"[fine]", b"[]"), "a.yaml: rule vet.cough: examples.silent: "),
        (A_RULE.replace(b"en:", b"se:"), "a.yaml: rule vet.cough: patterns.se"),
        (
            A_RULE.replace(b"{en: [coughing]}", b"{en: [(coughing]}"),
            "a.yaml: vet.cough: patterns.en '(coughing': a bracket is opened and never closed",
        ),
        (
            A_RULE.replace(b"{en: [coughing]}", b"{en: [my <cat>]}"),
            "a.yaml: vet.cough: patterns.en 'my <cat>': <cat> has no words in en",
        ),
        (A_RULE + b"    near: [sneeze]\n", "a.yaml: vet.cough: sneeze: there is no such cue"),
        (
            A_RULE + A_RULE.replace(b"rules:", b""),
            "a.yaml: vet.cough: id: there is another entry with this id",
        ),
        (
            A_RULE + b"scopes: [{id: past.ago, scope: past, of: [lost.], patterns: {en: [ago]}}]",
            "a.yaml: past.ago: of: no rule's id begins with 'lost.'",
        ),
        (b"classes: {cat: {en: [(cat]}}", "a.yaml: class cat: patterns.en '(cat': a bracket is opened"),
        (b"classes: {cat: {en: [cat*]}}", "a.yaml: class cat: en: expected whole words, not 'cat*'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadRules) as refused:
        rules_of({"a.yaml": content})
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)
