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

import numpy as np
from numpy.typing import NDArray

from scoring.classifier.grams import grams_of, pair

Floats = NDArray[np.float32]
REMEMBERED = 16_384
"""Words; 60 bytes each."""


@dataclass(frozen=True, eq=False)
class Linear:
    """place: of each gram. rarity: (grams,) inverse document frequency. weights: (grams, outputs). bias: (outputs,)."""

    place: dict[str, int]
    rarity: Floats
    weights: Floats
    bias: Floats
    _row: dict[str, int] = field(default_factory=dict)
    _table: list[Floats] = field(default_factory=list)

    def brought(self, words: Sequence[str]) -> Floats:
        """(words, outputs + 1): what each adds to every output, and last to the square of the vector's length."""
        if not self._table or len(self._row) + len(words) > REMEMBERED:
            self._row.clear()
            self._table[:] = [np.zeros((REMEMBERED + len(words), len(self.bias) + 1), dtype=np.float32)]
        table = self._table[0]
        rows: list[int] = []
        for word in words:
            row = self._row.get(word)
            if row is None:
                row = len(self._row)
                table[row] = self._learned(word)
                self._row[word] = row
            rows.append(row)
        return np.asarray(table[rows])

    def scores(self, sentences: Iterable[Sequence[str]]) -> Floats:
        """(outputs,) of the words of some sentences; of none, the bias."""
        words: dict[str, None] = {}
        pairs: dict[str, None] = {}
        for sentence in sentences:
            words.update(dict.fromkeys(sentence))
            pairs.update((pair(a, b), None) for a, b in pairwise(sentence))
        known = [self.place[each] for each in pairs if each in self.place]
        rare = self.rarity[known]
        found = self.brought(tuple(words)).sum(axis=0)
        square = float(rare @ rare + found[-1])
        if not square:
            return self.bias.copy()
        return np.asarray(self.bias + (rare @ self.weights[known] + found[:-1]) / math.sqrt(square))

    def _learned(self, word: str) -> Floats:
        counts: dict[int, int] = {}
        for gram in grams_of(word):
            at = self.place.get(gram)
            if at is not None:
                counts[at] = counts.get(at, 0) + 1
        known = list(counts)
        values = self.rarity[known] * np.fromiter(counts.values(), np.float32, len(counts))
        return np.append(values @ self.weights[known], values @ values)


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
