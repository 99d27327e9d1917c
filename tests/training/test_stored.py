"""What is stored loads to the same scores, as near as bytes come to them, and holds no pickled object."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scoring.classifier.classifier import FILES, HERE
from scoring.classifier.decision import Decision, Decisions, load_decisions
from scoring.classifier.linear import Floats, load_linear
from scoring.classifier.nearby import Nearby, load_nearby
from tests.scoring.classifier.models import FIGURES, decision, decisions, every_gram, said
from training.stored import store_decisions, store_linear, store_nearby

TEXTS = ("he is not breathing", "thanks for the walk, Ann", "l'épagneul ne respire plus", "der Hund läuft weg")
CHANCE = np.random.default_rng(1)
NEARBY_TOLERANCE = 0.01
LINEAR_TOLERANCE = 0.05


def test_a_linear_model_keeps_its_scores(tmp_path: Path) -> None:
    model = every_gram(*TEXTS)
    store_linear(model, tmp_path / "linear.npz")
    loaded = load_linear(tmp_path / "linear.npz")
    assert loaded.place == model.place
    for text in (*TEXTS, "unheard", "he thanks Ann"):
        told = [sentence.folded for sentence in said(text)]
        assert loaded.scores(told) == pytest.approx(model.scores(told), abs=LINEAR_TOLERANCE)


def test_the_encoders_model_keeps_its_scores(tmp_path: Path) -> None:
    drawn = CHANCE.normal(size=(50, 512))
    vectors: Floats = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    coefficients: Floats = CHANCE.normal(0, 0.2, size=(50, 15)).astype(np.float32)
    model = Nearby(vectors, coefficients, 1.0)
    store_nearby(model, tmp_path / "nearby.npz")
    loaded = load_nearby(tmp_path / "nearby.npz")
    for vector in vectors:
        assert loaded.scores(vector) == pytest.approx(model.scores(vector), abs=NEARBY_TOLERANCE)
    assert np.linalg.norm(loaded.vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_decisions_are_stored_as_they_are(tmp_path: Path) -> None:
    full = Decision(decision().levels, decision(factor=2.0).skills, (0.2, 0.35, 0.65))
    store_decisions(Decisions(decisions().plain, full, 0.7), tmp_path / "decision.npz")
    loaded = load_decisions(tmp_path / "decision.npz")
    figures = CHANCE.normal(size=FIGURES).astype(np.float32)
    assert loaded.plain.judge(figures) == decisions().plain.judge(figures)
    assert loaded.full.judge(figures) == full.judge(figures)
    assert loaded.full.thresholds == pytest.approx(full.thresholds)
    assert loaded.sure == pytest.approx(0.7)


@pytest.mark.parametrize("name", FILES)
def test_what_comes_with_the_checkout_holds_no_pickled_object(name: str) -> None:
    with np.load(HERE / name, allow_pickle=False) as stored:
        assert all(stored[array].dtype.kind in "iuf" for array in stored.files)
