"""What is trained is what is read with."""

from __future__ import annotations

import numpy as np
import pytest

from tests.scoring.classifier.models import said
from training.linear import Grams, trained

TEXTS = ["he is bleeding", "she is bleeding a lot", "thanks for the walk", "thanks for the photos"] * 3


def test_a_gram_of_one_text_is_not_learned() -> None:
    grams = Grams.of([said(text) for text in ("he fell", "he ran", "he ran off")])
    assert {"=he", "=ran", "he+ran"} <= set(grams.place)
    assert {"=fell", "=off", "ran+off"}.isdisjoint(grams.place)
    assert grams.rarity[grams.place["=ran"]] > grams.rarity[grams.place["=he"]]


def test_each_text_is_a_vector_of_about_length_one() -> None:
    # a piece of two words stands there twice
    texts = [said(text) for text in TEXTS]
    lengths = np.sqrt(Grams.of(texts).matrix([*texts, said("zzz")]).power(2).sum(axis=1))
    assert np.asarray(lengths).ravel()[:-1] == pytest.approx(1, abs=0.1)
    assert float(np.asarray(lengths).ravel()[-1]) == 0


def test_it_is_read_as_it_was_trained() -> None:
    texts = [said(text) for text in TEXTS]
    skills = np.arange(len(TEXTS)) % 3
    labels = np.array([0, 2, 1, 1] * 3)
    model = trained(texts, (labels, skills), (3, 3))
    vectors = Grams.of(texts).matrix(texts)
    expected = vectors @ model.weights + model.bias
    for text, scores in zip(texts, expected, strict=True):
        assert model.scores(sentence.folded for sentence in text) == pytest.approx(scores, abs=1e-4)
    told = [int(model.scores(sentence.folded for sentence in text)[:3].argmax()) for text in texts]
    assert told == labels.tolist()


def test_rows_must_have_every_label() -> None:
    texts = [said(text) for text in TEXTS]
    labels = np.array([0, 2, 1, 1] * 3)
    with pytest.raises(ValueError, match="all 4 labels are needed, there are 3"):
        trained(texts, (labels,), (4,))
