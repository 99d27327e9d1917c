"""The linear model adds up what it has learned, whatever the order and however often it was asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.classifier.linear import REMEMBERED, load_linear
from scoring.classifier.reading import OUTPUTS
from tests.scoring.classifier.models import every_gram, linear, outputs

TEXTS = ("he is not breathing", "thanks for the walk", "il ne respire plus")
WORDS = st.sampled_from([word for text in TEXTS for word in text.split()] + ["unheard", "é", ""])
SENTENCES = st.lists(st.lists(WORDS, max_size=6), max_size=5)


def test_scores_are_of_known_words_over_the_length_of_all_known() -> None:
    model = linear(bleeding=2, heavily=1)
    assert model.scores([["bleeding"]]) == pytest.approx(outputs(S1=2, S4=-2))
    assert model.scores([["he", "was", "bleeding"]]) == pytest.approx(outputs(S1=2, S4=-2))
    assert model.scores([["bleeding", "heavily"]]) == pytest.approx(outputs(S1=3 / 2**0.5, S4=-3 / 2**0.5))


def test_a_word_said_again_counts_once() -> None:
    model = linear(bleeding=2)
    assert model.scores([["bleeding"] * 50, ["bleeding"]]) == pytest.approx(outputs(S1=2, S4=-2))


def test_words_that_nobody_has_learned_say_nothing() -> None:
    model = every_gram(*TEXTS)
    assert model.scores([["中文"]]) == pytest.approx(model.bias)
    assert model.scores([]) == pytest.approx(model.bias)


@given(SENTENCES)
def test_the_order_of_sentences_does_not_matter(sentences: list[list[str]]) -> None:
    model = every_gram(*TEXTS)
    assert model.scores(sentences) == pytest.approx(model.scores(sentences[::-1]), abs=1e-4)


@given(SENTENCES)
def test_what_was_read_before_changes_nothing(sentences: list[list[str]]) -> None:
    fresh, used = every_gram(*TEXTS), every_gram(*TEXTS)
    used.scores([["plus", "walk", "new"]])
    assert used.scores(sentences).tolist() == fresh.scores(sentences).tolist()


@given(SENTENCES)
def test_each_sentence_is_scored_as_if_it_stood_alone(sentences: list[list[str]]) -> None:
    model = every_gram(*TEXTS)
    each = model.whole_and_each(sentences)[1]
    assert each.shape == (len(sentences), OUTPUTS)
    for found, sentence in zip(each, sentences, strict=True):
        assert found == pytest.approx(model.scores([sentence]), abs=1e-5)


def test_of_a_word_without_end_only_its_beginning_is_read() -> None:
    model = every_gram(*TEXTS)
    assert model.scores([["plus" * 50_000]]) == pytest.approx(model.scores([["plus" * 16]]))


def test_more_words_than_are_remembered_are_read_all_the_same() -> None:
    model = linear(bleeding=2)
    model.scores([[f"w{number}" for number in range(REMEMBERED)]])
    assert model.scores([["bleeding"]]) == pytest.approx(outputs(S1=2, S4=-2))
    many = [f"v{number}" for number in range(REMEMBERED + 10)]
    assert model.scores([[*many, "bleeding"]]) == pytest.approx(outputs(S1=2, S4=-2))
    assert model.brought(["bleeding", "v1"]).shape == (2, OUTPUTS + 1)


def test_a_file_with_pickled_objects_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "linear.npz"
    np.savez(file, grams=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load_linear(file)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "linear.npz"
    np.savez(file, other=np.zeros(1))
    with pytest.raises(KeyError):
        load_linear(file)
    with pytest.raises(OSError, match="missing"):
        load_linear(tmp_path / "missing.npz")
