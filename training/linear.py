"""Trains the linear model: logistic regression over the same grams, weighted in the same way, as it is read with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from scoring.classifier.grams import grams_of, pairs_of
from scoring.classifier.linear import Floats, Linear
from scoring.classifier.sentences import Sentence

SEEN = 2
"""Texts that a gram must be in."""

STRENGTH = 10.0
"""The inverse of the regularisation; of 1, 4, 10 and 16 the best on rows that were not learned from."""

Text = Sequence[Sentence]


@dataclass(frozen=True)
class Grams:
    """Places of the grams of a set of texts, and how rare each is."""

    place: dict[str, int]
    rarity: Floats

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Grams:
        """Those that stand in at least SEEN texts."""
        counts: Counter[str] = Counter()
        for text in texts:
            words, pairs = _distinct(text)
            counts.update({gram for word in words for gram in grams_of(word)} | pairs.keys())
        kept = sorted(gram for gram, count in counts.items() if count >= SEEN)
        rarity = [np.log((1 + len(texts)) / (1 + counts[gram])) + 1 for gram in kept]
        return cls({gram: number for number, gram in enumerate(kept)}, np.array(rarity, dtype=np.float32))

    def matrix(self, texts: Sequence[Text]) -> csr_matrix:
        """(texts, grams), each row of length 1."""
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for number, text in enumerate(texts):
            found = self._of(text)
            length = np.sqrt(sum(value * value for _, value in found)) or 1.0
            for column, value in found:
                rows.append(number)
                columns.append(column)
                values.append(value / length)
        return csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=(len(texts), len(self.place)))

    def _of(self, text: Text) -> list[tuple[int, float]]:
        """Word by word: a gram of two words stands there twice, as it does where it is read."""
        words, pairs = _distinct(text)
        found: list[tuple[int, float]] = []
        for word in words:
            counts = Counter(self.place[gram] for gram in grams_of(word) if gram in self.place)
            found += [(at, count * float(self.rarity[at])) for at, count in counts.items()]
        found += [(self.place[each], float(self.rarity[self.place[each]])) for each in pairs if each in self.place]
        return found


def trained(texts: Sequence[Text], labels: Sequence[NDArray[np.int64]], outputs: Sequence[int]) -> Linear:
    """labels: of each kind (levels, skills), a number a text. outputs: how many there are of each kind."""
    grams = Grams.of(texts)
    matrix = grams.matrix(texts)
    weights: list[NDArray[np.float64]] = []
    bias: list[NDArray[np.float64]] = []
    for label, count in zip(labels, outputs, strict=True):
        model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(matrix, label)
        if len(model.classes_) != count:
            raise ValueError(f"rows of all {count} labels are needed, there are {len(model.classes_)}")
        weights.append(model.coef_.T)
        bias.append(model.intercept_)
    return Linear(
        grams.place,
        grams.rarity,
        np.concatenate(weights, axis=1).astype(np.float32),
        np.concatenate(bias).astype(np.float32),
    )


def _distinct(text: Text) -> tuple[dict[str, None], dict[str, None]]:
    """Words, and two in a row, each once and in the text's order: so the same rows give the same sums."""
    words = dict.fromkeys(word for sentence in text for word in sentence.folded)
    pairs = dict.fromkeys(each for sentence in text for each in pairs_of(sentence.folded))
    return words, pairs
