"""What the models are given of one contact: the figures that the decision adds up.

None of them depends on the order of a text's sentences; the most urgent sentence stands beside the whole, so that one
sentence in a long mail is not lost among the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from channels.contact import Medium
from scoring.classifier.linear import Floats, Linear
from scoring.classifier.sentences import Sentence
from scoring.model import Assessment, Effect, Evidence, Severity, Skill

LEVELS: tuple[Severity, ...] = tuple(Severity)
SKILLS: tuple[Skill, ...] = tuple(Skill)
OUTPUTS = len(LEVELS) + len(SKILLS)
"""Of each model: levels first, then skills, both in the rubric's order."""

SCOPES = ("negation", "resolution", "past", "hypothesis", "figure", "quoted")
MEDIA = (Medium.SMS, Medium.EMAIL, Medium.CALL)

_RESOLVES = ("resolves", None)
_FIGURES: dict[tuple[str, str | None], int] = {
    each: place
    for place, each in enumerate(
        [
            *(("worst", level) for level in LEVELS),
            *(("named", level) for level in LEVELS),
            *(("lowered", scope) for scope in SCOPES),
            _RESOLVES,
            *(("fits", skill) for skill in SKILLS),
            *(("leads", skill) for skill in SKILLS),
            *(("came by", medium) for medium in MEDIA),
        ]
    )
}
"""What is told of a contact beside the models' scores, each with its place."""


@dataclass(frozen=True, eq=False)
class Read:
    """whole: (OUTPUTS,) the linear model's scores of the text. worst: of its most urgent sentence. at: which one.
    urgency: of each sentence.
    """

    whole: Floats
    worst: Floats
    at: int
    urgency: tuple[float, ...]


def read(linear: Linear, sentences: Sequence[Sentence]) -> Read:
    """Raises ValueError without sentences."""
    said: dict[tuple[str, ...], int] = {}
    which = [said.setdefault(sentence.folded, len(said)) for sentence in sentences]
    whole, each = linear.whole_and_each(list(said))
    urgencies = [_urgency(*scores) for scores in each[:, : len(LEVELS)].tolist()]
    urgency = tuple([urgencies[number] for number in which])
    at = urgency.index(max(urgency))
    return Read(whole, each[which[at]], at, urgency)


def features(found: Read, near: Floats | None, rules: Assessment, medium: Medium) -> Floats:
    """(n,): the models' scores, what the rules found, and how it came. near: the encoder's model, if it was asked."""
    said = [] if near is None else [near]
    return np.concatenate([found.whole, found.worst, *said, _of_rules(rules, medium)])


def _urgency(first: float, second: float, third: float, fourth: float) -> float:
    """How much more a sentence looks like S1 or S2 than like S3 or S4, by its scores."""
    return max(first, second) - max(third, fourth) + 0.5 * first


def worst_of(rules: Assessment) -> Severity | None:
    """The most urgent level that a rule names; None where none does."""
    return min((item.severity for item in _raised(rules) if item.severity), default=None)


def _raised(rules: Assessment) -> list[Evidence]:
    return [item for item in rules.evidence if item.effect is Effect.RAISES and item.skill]


def _of_rules(rules: Assessment, medium: Medium) -> Floats:
    """(figures,): 1 for each that holds."""
    raised = _raised(rules)
    named = {item.severity for item in raised if item.severity}
    holds: list[tuple[str, str | None]] = [("named", level) for level in named]
    holds += [("lowered", item.scope) for item in rules.evidence if item.effect is Effect.LOWERS]
    holds += [("fits", skill) for skill in rules.skills]
    holds.append(("came by", medium))
    if named:
        holds.append(("worst", min(named)))
    if raised:
        holds.append(("leads", rules.skill))
    if rules.resolves:
        holds.append(_RESOLVES)
    found = np.zeros(len(_FIGURES), dtype=np.float32)
    found[[_FIGURES[each] for each in holds if each in _FIGURES]] = 1
    return found
