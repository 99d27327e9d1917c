"""Whether rules keep what their own examples promise, and which examples are missing.

An example is read as a text message. One of `fires` must raise by its rule; one of `silent` mustn't, though the rule
may speak and be lowered. Each language of a rule has an example that one of its own patterns finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.assess import by_rules
from scoring.evaluation.rows import Row, contact
from scoring.matcher import find
from scoring.model import Effect, Evidence
from scoring.rulefile import Rule
from scoring.rules import Rules, under
from scoring.text import words


@dataclass(frozen=True)
class Failure:
    """fires: it should have fired and was silent; else the other way round. evidence: what spoke instead."""

    rule: str
    text: str
    fires: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Missing:
    """The rule has patterns in a language that none of its examples is in."""

    rule: str
    language: str


def failures(rules: Rules, only: frozenset[str] | None = None) -> Iterator[Failure]:
    """Of every rule, or of `only` those with these ids; in the rules' order."""
    for rule in rules.rules:
        if only is None or rule.id in only:
            for text in rule.examples.fires:
                yield from _failed(rules, rule, text, fires=True)
            for text in rule.examples.silent:
                yield from _failed(rules, rule, text, fires=False)


def missing(rules: Rules) -> Iterator[Missing]:
    for rule in rules.rules:
        read = [words(text) for text in rule.examples.fires]
        found = {
            rules.entries[hit.rule].language
            for each in read
            for hit in find(rules.telling, each, rules.keys_of)
            if rules.entries[hit.rule].what is rule
        }
        yield from (Missing(rule.id, language) for language in rule.patterns if language not in found)


def _failed(rules: Rules, rule: Rule, text: str, *, fires: bool) -> Iterator[Failure]:
    with under(rules):
        evidence = by_rules(contact(Row(id="example", channel="sms", text=text))).evidence
    if fires is not any(each.rule == rule.id and each.effect is Effect.RAISES for each in evidence):
        yield Failure(rule.id, text, fires, evidence)
