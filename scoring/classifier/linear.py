"""The linear model: a weight a gram for each level and skill, added up over a text's words. About 0.1 ms a message.

Each different word counts once, weighted by how rare its grams are, and the sum is divided by the length of the
vector of grams (tf-idf, as Salton and Buckley have it). What a word brings is computed once and remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.classifier.grams import LONGEST_WORD, grams_of, pairs_of

Floats = NDArray[np.float32]
REMEMBERED = 16_384
"""Words; about 150 bytes each."""


@dataclass(frozen=True, eq=False)
class Linear:
    """place: of each gram. rarity: (grams,) inverse document frequency. weights: (grams, outputs). bias: (outputs,).

    A row of the table is what a gram or a word adds to every output, and last to the square of the vector's length:
    first those of all grams, then one that adds nothing, then those of the words that were read.
    """

    place: dict[str, int]
    rarity: Floats
    weights: Floats
    bias: Floats
    _row: dict[str, int] = field(default_factory=dict)
    _tables: list[Floats] = field(default_factory=list)

    def brought(self, words: Sequence[str]) -> Floats:
        """(words, outputs + 1): what each adds."""
        rows = self._rows(words)
        return np.asarray(self._tables[0][rows])

    def scores(self, sentences: Iterable[Sequence[str]]) -> Floats:
        """(outputs,) of the words of some sentences; of none, the bias."""
        return self.whole_and_each(list(sentences))[0]

    def whole_and_each(self, sentences: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """(outputs,) of the words of all sentences, and (sentences, outputs) of each by itself; of none, the bias."""
        words = [list(dict.fromkeys(sentence)) for sentence in sentences]
        rows = iter(self._rows([word for each in words for word in each]))
        pairs = (self._known(dict.fromkeys(pairs_of(sentence))) for sentence in sentences)
        said = [[*islice(rows, len(each)), *known] for each, known in zip(words, pairs, strict=True)]
        if len(said) == 1:
            scores = self._scored(said)
            return scores[0], scores
        scores = self._scored([[*dict.fromkeys(chain.from_iterable(said))], *said])
        return scores[0], scores[1:]

    def _scored(self, said: Sequence[Sequence[int]]) -> Floats:
        """(said, outputs): of each the rows of the table that it has."""
        sums = self._sums(said)
        lengths = np.sqrt(sums[:, -1:])
        return np.asarray(self.bias + sums[:, :-1] / np.where(lengths, lengths, 1))

    def _rows(self, words: Sequence[str]) -> list[int]:
        """The table's row of each of `words`."""
        words = [word[:LONGEST_WORD] for word in words]
        if not self._tables or not all(word in self._row for word in words):
            self._remember(words)
        return [self._row[word] for word in words]

    def _remember(self, words: Sequence[str]) -> None:
        grams = len(self.place)
        if not self._tables or len(self._row) + len(words) > REMEMBERED:
            self._row.clear()
            self._tables[:] = [self._table(REMEMBERED + len(words))]
        new = [word for word in dict.fromkeys(words) if word not in self._row]
        each = [Counter(self._known(grams_of(word))) for word in new]
        first = grams + 1 + len(self._row)
        self._tables[0][first : first + len(new)] = self._sums(each, [found.values() for found in each])
        self._row.update(zip(new, range(first, first + len(new)), strict=True))

    def _table(self, words: int) -> Floats:
        """The grams' rows, and room for so many words."""
        grams = len(self.place)
        table = np.zeros((grams + 1 + words, len(self.bias) + 1), dtype=np.float32)
        np.multiply(self.weights, self.rarity[:, None], out=table[:grams, :-1])
        np.multiply(self.rarity, self.rarity, out=table[:grams, -1])
        return table

    def _known(self, grams: Iterable[str]) -> list[int]:
        place = self.place
        return [place[gram] for gram in grams if gram in place]

    def _sums(self, each: Sequence[Collection[int]], counts: Sequence[Collection[int]] | None = None) -> Floats:
        """(each, outputs + 1): its rows of the table added up, each so often as `counts` says."""
        nothing = (len(self.place),)  # so that every sum has a row
        rows = self._tables[0][[row for found in each for row in chain(nothing, found)]]
        if counts is not None:
            times = np.array([count for found in counts for count in chain((0,), found)], dtype=np.float32)
            rows *= times[:, None]
            rows[:, -1] *= times
        begins = [0, *accumulate(len(found) + 1 for found in each[:-1])]
        return np.asarray(np.add.reduceat(rows, begins, axis=0)) if each else rows


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
