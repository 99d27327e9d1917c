"""The linear model: a weight a gram for each level and skill, added up over a text's words. About 0.1 ms a message.

Each different word counts once, weighted by how rare its grams are, and the sum is divided by the length of the
vector of grams (tf-idf, as Salton and Buckley have it). What a word brings is computed once and remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.classifier.grams import grams_of, pair

Floats = NDArray[np.float32]
REMEMBERED = 16_384


class Brought(NamedTuple):
    """What one word or pair adds: to each output, and to the square of the vector's length."""

    scores: Floats
    square: float


@dataclass(frozen=True, eq=False)
class Linear:
    """place: of each gram. rarity: (grams,) inverse document frequency. weights: (grams, outputs). bias: (outputs,)."""

    place: dict[str, int]
    rarity: Floats
    weights: Floats
    bias: Floats
    _words: dict[str, Brought] = field(default_factory=dict)

    def of_word(self, word: str) -> Brought:
        """What `word` brings."""
        known = self._words.get(word)
        if known is None:
            known = self._brought(grams_of(word))
            if len(self._words) >= REMEMBERED:
                self._words.clear()
            self._words[word] = known
        return known

    def scores(self, sentences: Iterable[Sequence[str]]) -> Floats:
        """(outputs,) of the words of some sentences; of none, the bias."""
        words: dict[str, None] = {}
        pairs: dict[str, None] = {}
        for sentence in sentences:
            words.update(dict.fromkeys(sentence))
            pairs.update((pair(a, b), None) for a, b in pairwise(sentence))
        found = [self.of_word(word) for word in words]
        known = [self.place[each] for each in pairs if each in self.place]
        rare = self.rarity[known]
        total = rare @ self.weights[known]
        square = float(rare @ rare)
        for brought in found:
            total += brought.scores
            square += brought.square
        return self.bias + total / math.sqrt(square) if square else self.bias.copy()

    def _brought(self, grams: Iterable[str]) -> Brought:
        counts: dict[int, int] = {}
        for gram in grams:
            at = self.place.get(gram)
            if at is not None:
                counts[at] = counts.get(at, 0) + 1
        known = list(counts)
        values = self.rarity[known] * np.fromiter(counts.values(), np.float32, len(counts))
        return Brought(values @ self.weights[known], float(values @ values))


@lru_cache(maxsize=2)
def load_linear(file: Path) -> Linear:
    """From an .npz without pickled objects. Raises OSError, ValueError, KeyError for one that isn't ours."""
    with np.load(file, allow_pickle=False) as stored:
        grams = stored["grams"].tobytes().decode("utf-8").split("\n")
        scale = stored["scale"].astype(np.float32)
        return Linear(
            {gram: number for number, gram in enumerate(grams)},
            stored["rarity"].astype(np.float32),
            stored["weights"].astype(np.float32) * scale,
            stored["bias"].astype(np.float32),
        )
