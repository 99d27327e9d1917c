"""Calibration and thresholds on made-up rows, whose right answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.classifier.decision import Layer
from scoring.classifier.linear import Floats
from training.decision import FIRST, Ints, calibrated, decision, layer, thresholds

CHANCE = np.random.default_rng(1)
COUNT = 2_000


def drawn(factor: float = 1.0) -> tuple[Floats, Ints]:
    """Four scores a row, and labels drawn with just their probabilities. factor: how much louder they are told."""
    scores = CHANCE.normal(size=(COUNT, 4)) * 2
    risen = np.exp(scores)
    probabilities = risen / risen.sum(axis=1, keepdims=True)
    label = (probabilities.cumsum(axis=1) < CHANCE.uniform(size=(COUNT, 1))).sum(axis=1)
    return (scores * factor).astype(np.float32), np.minimum(label, 3)


AS_IT_IS = Layer(np.eye(4, dtype=np.float32), np.zeros(4, dtype=np.float32))


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.6])
def test_who_is_too_sure_or_not_sure_enough_is_put_right(factor: float) -> None:
    found = calibrated(AS_IT_IS, *drawn(factor))
    assert np.diag(found.weights) == pytest.approx(1 / factor, rel=0.12)


def test_calibration_leaves_the_likeliest_level() -> None:
    scores, label = drawn()
    skewed = Layer(np.eye(4, dtype=np.float32) * 3, np.array([1, 0, 0, -1], dtype=np.float32))
    found = calibrated(skewed, scores, label)
    assert [found.probabilities(row).argmax() for row in scores[:100]] == [
        skewed.probabilities(row).argmax() for row in scores[:100]
    ]


def said(probabilities: Floats, chosen: tuple[float, float, float]) -> Ints:
    sums = probabilities.cumsum(axis=1)
    return np.array([next((at for at in range(3) if row[at] >= chosen[at]), 3) for row in sums])


def probabilities(scores: Floats) -> Floats:
    risen = np.exp(scores)
    return np.asarray(risen / risen.sum(axis=1, keepdims=True), dtype=np.float32)


def test_thresholds_find_emergencies_without_crying_wolf() -> None:
    scores, label = drawn()
    scores[np.arange(COUNT), label] += 4
    told = probabilities(scores)
    chosen = thresholds(told, label, np.ones(COUNT, dtype=np.float32))
    found = said(told, chosen)
    assert ((found == 0) & (label == 0)).sum() / (label == 0).sum() >= 0.97
    assert ((found == 0) & (label == 0)).sum() / (found == 0).sum() >= 0.75
    assert (found == label).mean() > 0.9


def test_what_is_hard_to_tell_is_called_more_urgent_than_it_seems() -> None:
    scores, label = drawn()
    told = probabilities(scores)
    chosen = thresholds(told, label, np.ones(COUNT, dtype=np.float32))
    assert chosen[0] == FIRST
    assert (said(told, chosen) <= told.argmax(axis=1)).mean() > 0.9


def test_rows_that_weigh_nothing_move_no_threshold() -> None:
    scores, label = drawn()
    told, weight = probabilities(scores), np.ones(COUNT, dtype=np.float32)
    wrong = np.concatenate([label, (label + 2) % 4])
    twice = np.concatenate([told, told])
    assert thresholds(twice, wrong, np.concatenate([weight, 0 * weight])) == thresholds(told, label, weight)


def test_a_decision_learns_what_each_figure_is_worth() -> None:
    label = np.arange(400) % 4
    figures = (np.eye(4)[label] * 0.01 + CHANCE.normal(size=(400, 4)) * 0.002).astype(np.float32)
    levels = layer(figures, label)
    found = decision(levels, levels, figures, label, np.ones(400, dtype=np.float32))
    assert (
        np.mean(
            [found.level(levels.probabilities(row)) == f"S{at + 1}" for row, at in zip(figures, label, strict=True)]
        )
        > 0.97
    )
