"""Trains the decision: what the models' scores and the rules' findings are worth together, on rows that neither saw."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from scoring.classifier.decision import Decision, Layer
from scoring.classifier.linear import Floats
from scoring.classifier.reading import LEVELS

STRENGTH = 0.3
MISSED = 6.0
FIRST = 1 / (1 + MISSED)
SAME = 0.001
"""Differences of macro-F1 that are none."""

SEARCHED = tuple(np.arange(low, high, 0.02).tolist() for low, high in ((0.46, 0.62), (0.2, 0.26)))
"""Thresholds of S2 and of S3 that are tried. S4 is said only where all else together is less likely than a
quarter: of all mistakes, an emergency that nobody looks at today is the worst."""

Ints = NDArray[np.int64]


def layer(features: Floats, label: Ints) -> Layer:
    """Logistic regression on features of one scale."""
    spread = features.std(axis=0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=4000).fit(features / spread, label)
    weights = model.coef_.T / spread[:, None]
    return Layer(weights.astype(np.float32), model.intercept_.astype(np.float32))


def calibrated(found: Layer, features: Floats, label: Ints) -> Layer:
    """The same, its scores multiplied by the one factor under which rows kept for it are likeliest."""
    scores = found.scores(features)

    def surprise(factor: float) -> float:
        risen = scores * factor
        total = np.log(np.exp(risen - risen.max(axis=1, keepdims=True)).sum(axis=1)) + risen.max(axis=1)
        return float((total - risen[np.arange(len(label)), label]).mean())

    factor = min(np.linspace(0.4, 2.0, 81), key=surprise)
    return Layer((found.weights * factor).astype(np.float32), (found.bias * factor).astype(np.float32))


def thresholds(probabilities: Floats, label: Ints, weight: Floats) -> tuple[float, float, float]:
    """Where each level begins. S1 by what a mistake costs: an emergency missed six times an alarm too many; the others
    by the best macro-F1, S2 not far below one half, since ordinary texts are many more than these rows have. Of what is
    as good but for SAME, the lowest: between two levels the more urgent one (rubric, rule 4).
    """
    sums = np.cumsum(probabilities, axis=1)

    def worth(chosen: tuple[float, float, float]) -> float:
        said = np.full(len(label), len(LEVELS) - 1)
        for at in (2, 1, 0):
            said[sums[:, at] >= chosen[at]] = at
        return _macro_f1(said, label, weight)

    worths = {(second, third): worth((FIRST, second, third)) for second, third in product(*SEARCHED)}
    second, third = min((each for each in worths if worths[each] >= max(worths.values()) - SAME), key=sum)
    return FIRST, second, third


def decision(levels: Layer, skills: Layer, features: Floats, label: Ints, weight: Floats) -> Decision:
    """With thresholds for these rows."""
    return Decision(levels, skills, thresholds(levels.probabilities(features), label, weight))


def _macro_f1(said: Ints, label: Ints, weight: Floats) -> float:
    found = []
    for at in range(len(LEVELS)):
        both = float(weight[(said == at) & (label == at)].sum())
        found.append(2 * both / max(1e-9, float(weight[said == at].sum() + weight[label == at].sum())))
    return float(np.mean(found))
