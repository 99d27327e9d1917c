"""The languages that a text's words stand among: its own sentences, whatever greets before them or signs behind.

A greeting in another language, or a row of emoji, tells nothing of what follows it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from scoring.classifier.sentences import Sentence
from scoring.language import clearly

WINDOW = 12
WINDOWS = 64
BESIDE = 2
"""Words before a window and behind it that are read, too."""


class Surroundings:
    """Of one text, by windows of WINDOW words; of more in a long one, so that there are at most WINDOWS."""

    def __init__(self, text: str, said: Sequence[Sentence]) -> None:
        self._text = text
        self._said = said
        self._places = [sentence.places[0] for sentence in said]
        self._counts = list(accumulate((len(sentence.places) for sentence in said), initial=0))
        self._size = max(WINDOW, self._counts[-1] // WINDOWS)
        self._windows: dict[int, frozenset[str] | None] = {}
        self._sentences: dict[int, frozenset[str] | None] = {}

    def greets(self, word: int) -> bool:
        """Whether it stands before what is said, or between it: a greeting."""
        at = self._at(word)
        return word < self._said[-1].places[-1] and (at < 0 or word > self._said[at].places[-1])

    def of(self, word: int) -> frozenset[str] | None:
        """The only languages that the words around this one may be in; None where they may be in any."""
        at = self._at(word)
        before = self._counts[at] + min(word - self._places[at], len(self._said[at].places) - 1) if at >= 0 else 0
        window = before // self._size
        if window not in self._windows:
            first = window * self._size
            self._windows[window] = clearly(self.written(first - BESIDE, first + self._size + BESIDE))
        return self._windows[window]

    def of_sentence(self, word: int) -> frozenset[str] | None:
        """The only languages that the word's sentence may be in."""
        at = max(self._at(word), 0)
        if at not in self._sentences:
            self._sentences[at] = clearly(self._text[self._said[at].start : self._said[at].end])
        return self._sentences[at]

    def written(self, first: int, stop: int) -> str:
        """The characters of words [first, stop) of all that is said; words by their number in that."""
        parts: list[str] = []
        at = max(bisect_right(self._counts, max(first, 0)) - 1, 0)
        while at < len(self._said) and self._counts[at] < stop:
            each, begun = self._said[at], self._counts[at]
            start = each.places[max(first - begun, 0)]
            end = each.places[min(stop - begun, len(each.places)) - 1]
            parts.append(self._text[each.words.start(start) : each.words.end(end)])
            at += 1
        return " ".join(parts)

    def _at(self, word: int) -> int:
        """The last sentence that begins at the word or before it; -1 where none does."""
        return bisect_right(self._places, word) - 1
