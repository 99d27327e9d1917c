"""From figures to a level and a skill: probabilities that hold what they say, and where each level begins.

A level is taken as soon as it, and what is more urgent, is likelier than its threshold, the most urgent first. The
thresholds lie below one half: who can't tell errs to the more urgent side (rubric, rule 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from scoring.classifier.linear import Floats
from scoring.classifier.reading import LEVELS, SKILLS
from scoring.model import Severity, Skill

FITS = 0.25
"""How likely a further skill must be to be named."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Multinomial logistic regression. weights: (features, outputs). bias: (outputs,)."""

    weights: Floats
    bias: Floats

    def scores(self, features: Floats) -> Floats:
        """(…, outputs): of one contact's features or of many, a row each."""
        return np.asarray(features @ self.weights + self.bias)

    def probabilities(self, features: Floats) -> Floats:
        """(…, outputs), together 1."""
        return _softmax(self.scores(features))


@dataclass(frozen=True)
class Judged:
    """probabilities: of S1 to S4. skills: those that fit, the primary first."""

    severity: Severity
    probabilities: tuple[float, ...]
    skills: tuple[Skill, ...]


@dataclass(frozen=True, eq=False)
class Decision:
    """levels, skills: on the same features. thresholds: of S1, of S1 or S2, of S1 to S3 together."""

    levels: Layer
    skills: Layer
    thresholds: tuple[float, float, float]

    def judge(self, features: Floats) -> Judged:
        """The level, and the skills that fit."""
        scores = self._both.scores(features)
        levels: list[float] = _softmax(scores[: len(LEVELS)]).tolist()
        skills: list[float] = _softmax(scores[len(LEVELS) :]).tolist()
        primary = skills.index(max(skills))
        further = [SKILLS[at] for at, share in enumerate(skills) if share >= FITS and at != primary]
        return Judged(self.level(levels), tuple([round(each, 4) for each in levels]), (SKILLS[primary], *further))

    def level(self, probabilities: Sequence[float] | Floats) -> Severity:
        """The most urgent level that is likely enough together with those above it."""
        for level, share, threshold in zip(LEVELS, accumulate(probabilities), self.thresholds, strict=False):
            if share >= threshold:
                return level
        return LEVELS[-1]

    @cached_property
    def _both(self) -> Layer:
        return Layer(
            np.concatenate([self.levels.weights, self.skills.weights], axis=1),
            np.concatenate([self.levels.bias, self.skills.bias]),
        )


def _softmax(scores: Floats) -> Floats:
    """Of the last axis."""
    risen = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=-1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Decisions:
    """plain: without the encoder. full: with it. sure: how likely a level must be for the encoder not to be asked."""

    plain: Decision
    full: Decision
    sure: float


@lru_cache(maxsize=2)
def load_decisions(file: Path) -> Decisions:
    """From an .npz without pickled objects. Raises OSError, ValueError, KeyError for one that isn't ours."""
    with np.load(file, allow_pickle=False) as stored:

        def decision(name: str) -> Decision:
            levels, skills = (
                Layer(stored[f"{name}_{of}_weights"].astype(np.float32), stored[f"{name}_{of}_bias"].astype(np.float32))
                for of in ("levels", "skills")
            )
            first, second, third = (float(each) for each in stored[f"{name}_thresholds"])
            return Decision(levels, skills, (first, second, third))

        return Decisions(decision("plain"), decision("full"), float(stored["sure"]))
