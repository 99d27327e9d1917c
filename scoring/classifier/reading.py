"""What the models are given of one contact: the figures that the decision adds up.

None of them depends on the order of a text's sentences; the most urgent sentence stands beside the whole, so that one
sentence in a long mail is not lost among the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    urgency = _urgency(each)[which]
    at = int(urgency.argmax())
    return Read(whole, each[which[at]], at, tuple(urgency.tolist()))


def features(found: Read, near: Floats | None, rules: Assessment, medium: Medium) -> Floats:
    """(n,): the models' scores, what the rules found, and how it came. near: the encoder's model, if it was asked."""
    said = [] if near is None else [near]
    return np.concatenate([found.whole, found.worst, *said, _of_rules(rules, medium)])


def _urgency(scores: Floats) -> NDArray[np.float64]:
    """(sentences,): how much more each looks like S1 or S2 than like S3 or S4. scores: (sentences, outputs)."""
    ahead = np.maximum(scores[:, 0], scores[:, 1]) - np.maximum(scores[:, 2], scores[:, 3])
    return np.asarray(ahead + 0.5 * scores[:, 0].astype(np.float64))


def worst_of(rules: Assessment) -> Severity | None:
    """The most urgent level that a rule names; None where none does."""
    return min((item.severity for item in _raised(rules) if item.severity), default=None)


def _raised(rules: Assessment) -> list[Evidence]:
    return [item for item in rules.evidence if item.effect is Effect.RAISES and item.skill]


def _of_rules(rules: Assessment, medium: Medium) -> Floats:
    raised = _raised(rules)
    lowered = {item.scope for item in rules.evidence if item.effect is Effect.LOWERS}
    worst = worst_of(rules)
    return np.array(
        [
            *(worst is level for level in LEVELS),
            *(any(item.severity is level for item in raised) for level in LEVELS),
            *(scope in lowered for scope in SCOPES),
            rules.resolves,
            *(skill in rules.skills for skill in SKILLS),
            *(bool(raised) and rules.skill is skill for skill in SKILLS),
            *(medium is each for each in MEDIA),
        ],
        dtype=np.float32,
    )
