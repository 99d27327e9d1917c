from __future__ import annotations

import numpy as np
import pytest

from scoring.classifier.linear import Floats
from training.nearby import trained

CHANCE = np.random.default_rng(1)
DRAWN = CHANCE.normal(size=(40, 8))
VECTORS: Floats = (DRAWN / np.linalg.norm(DRAWN, axis=1, keepdims=True)).astype(np.float32)
WANTED = np.eye(2, dtype=np.float32)[(VECTORS[:, 0] > 0).astype(int)]


def test_what_is_near_what_was_learned_is_so_too() -> None:
    model = trained(VECTORS, WANTED)
    told = np.array([model.scores(vector) for vector in VECTORS])
    assert (told.argmax(axis=1) == WANTED.argmax(axis=1)).mean() > 0.9


def test_the_same_rows_give_the_same_model_in_any_order() -> None:
    model, again = trained(VECTORS, WANTED), trained(VECTORS[::-1], WANTED[::-1])
    unseen = np.roll(VECTORS[0], 1)
    assert model.scores(unseen) == pytest.approx(again.scores(unseen), abs=1e-4)
