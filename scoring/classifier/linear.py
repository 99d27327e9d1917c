"""The linear model: a weight a gram for each level and skill, added up over a text's words. About 0.1 ms a message.

Each different word counts once, weighted by how rare its grams are, and the sum is divided by the length of the
vector of grams (tf-idf, as Salton and Buckley have it). What a word brings is computed once and remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Sized
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.classifier.grams import LONGEST_WORD, grams_of, pairs_of

Floats = NDArray[np.float32]
REMEMBERED = 16_384
"""Words; about 150 bytes each."""


@dataclass(frozen=True, eq=False)
class Linear:
    """place: of each gram. rarity: (grams,) inverse document frequency. weights: (grams, outputs). bias: (outputs,)."""

    place: dict[str, int]
    rarity: Floats
    weights: Floats
    bias: Floats
    _row: dict[str, int] = field(default_factory=dict)
    _table: list[Floats] = field(default_factory=list)

    def brought(self, words: Collection[str]) -> Floats:
        """(words, outputs + 1): what each adds to every output, and last to the square of the vector's length."""
        words = [word[:LONGEST_WORD] for word in words]
        if not self._table or len(self._row) + len(words) > REMEMBERED:
            self._row.clear()
            self._table[:] = [np.zeros((REMEMBERED + len(words), len(self.bias) + 1), dtype=np.float32)]
        table = self._table[0]
        new = [word for word in dict.fromkeys(words) if word not in self._row]
        if new:
            first = len(self._row)
            table[first : first + len(new)] = self._learned(new)
            self._row.update(zip(new, range(first, first + len(new)), strict=True))
        return np.asarray(table[[self._row[word] for word in words]])

    def scores(self, sentences: Iterable[Sequence[str]]) -> Floats:
        """(outputs,) of the words of some sentences; of none, the bias."""
        return self.whole_and_each(list(sentences))[0]

    def whole_and_each(self, sentences: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """(outputs,) of the words of all sentences, and (sentences, outputs) of each by itself; of none, the bias."""
        words = [tuple(dict.fromkeys(sentence)) for sentence in sentences]
        pairs = [self._known(dict.fromkeys(pairs_of(sentence))) for sentence in sentences]
        number = {word: at for at, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
        known = {gram: at for at, gram in enumerate(dict.fromkeys(chain.from_iterable(pairs)))}
        brought, weighed = self.brought(number), self._weighed(list(known))
        whole = self._scored(brought.sum(axis=0) + weighed.sum(axis=0))
        if len(sentences) == 1:
            return whole, whole[None]
        of_words = _sums(brought[[number[word] for said in words for word in said]], words)
        return whole, self._scored(of_words + _sums(weighed[[known[gram] for said in pairs for gram in said]], pairs))

    def _scored(self, sums: Floats) -> Floats:
        """(…, outputs)."""
        lengths = np.sqrt(sums[..., -1:])
        return np.asarray(self.bias + sums[..., :-1] / np.where(lengths, lengths, 1))

    def _known(self, grams: Iterable[str]) -> list[int]:
        place = self.place
        return [place[gram] for gram in grams if gram in place]

    def _weighed(self, known: Sequence[int], counts: Floats | None = None) -> Floats:
        """(known, outputs + 1): what each gram adds."""
        values = self.rarity[known] if counts is None else self.rarity[known] * counts
        found = np.empty((len(known), len(self.bias) + 1), dtype=np.float32)
        np.multiply(self.weights[known], values[:, None], out=found[:, :-1])
        found[:, -1] = values * values
        return found

    def _learned(self, words: Sequence[str]) -> Floats:
        """(words, outputs + 1)."""
        each = [Counter(self._known(grams_of(word))) for word in words]
        counts = np.fromiter(chain.from_iterable(found.values() for found in each), np.float32)
        return _sums(self._weighed([at for found in each for at in found], counts), each)


def _sums(rows: Floats, of: Sequence[Sized]) -> Floats:
    """(of, columns): `rows` added up, so many as each of `of` is long."""
    lengths = np.fromiter(map(len, of), np.intp, len(of))
    found = np.zeros((len(of), rows.shape[1]), dtype=np.float32)
    held = np.flatnonzero(lengths)
    if len(held):
        found[held] = np.add.reduceat(rows, (np.cumsum(lengths) - lengths)[held], axis=0)
    return found


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
