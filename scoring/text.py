"""A text as rules and model read it: its words, sentence by sentence; their places only where somebody asks.

A long text is cut where a sentence ends whatever stands around, and each piece is read by itself, the same piece
once: a mail repeats itself. Most pieces need no more than their words; places and clauses of a piece
(scoring/tokens.py) are read when they are asked for, so that a mail of which two sentences matter is quick.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain

from scoring.tokens import Tokens, only_words, tokens

# A mark behind two letters, a digit or a bracket, or a blank line behind anything but blanks: those end a sentence
# however long the text is read. Each alternative begins at one character, so that no run is read twice.
_END = re.compile(
    r"[!?;](?=\s)"
    r"|\.(?=\s)(?:(?<=[A-Za-zÀ-ÖØ-öø-ÿ]{2}\.)|(?<=[0-9)\]\"»”]\.))"
    r"|(?<=[^\s-])[ \t\r]*\n[ \t\r]*\n"
)


SHORT = 600
"""Characters of a text that is read to the letter at once: all of its places will be asked for."""


class _Piece:
    """A piece of the text: its sentences' words, and all else about it once that is asked for."""

    __slots__ = ("_exact", "_text", "count", "sentences")

    def __init__(self, text: str, *, exact: bool = False) -> None:
        words = None if exact else only_words(text)
        self._text = text
        self._exact = tokens(text) if words is None else None
        self.sentences = list(_sentences(self._exact)) if self._exact else [words] if words else []
        self.count = sum(map(len, self.sentences))

    @property
    def exact(self) -> Tokens:
        if self._exact is None:
            self._exact = tokens(self._text)
        return self._exact


def _sentences(read: Tokens) -> Iterator[tuple[str, ...]]:
    first = 0
    while first < len(read.folded):
        last = bisect_right(read.sentences, read.sentences[first])
        yield read.folded[first:last]
        first = last


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one text, by number. sentences: of each sentence that has words its words, folded.

    firsts: the number of each sentence's first word.
    """

    sentences: tuple[tuple[str, ...], ...]
    firsts: tuple[int, ...]
    count: int
    _pieces: tuple[_Piece, ...]
    _begins: tuple[int, ...]
    _offsets: tuple[int, ...]

    def __len__(self) -> int:
        return self.count

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(self.sentences))

    def start(self, word: int) -> int:
        """The place of its first character."""
        at = self._at(word)
        return self._offsets[at] + self._pieces[at].exact.starts[word - self._begins[at]]

    def end(self, word: int) -> int:
        """The place behind its last character."""
        at = self._at(word)
        return self._offsets[at] + self._pieces[at].exact.ends[word - self._begins[at]]

    def clause(self, word: int) -> tuple[int, int]:
        """Which clause it stands in; only rises."""
        at = self._at(word)
        return at, self._pieces[at].exact.clauses[word - self._begins[at]]

    def sentence(self, word: int) -> int:
        """The number of its sentence."""
        return bisect_right(self.firsts, word) - 1

    def before(self, character: int) -> int:
        """How many words begin before that character."""
        at = max(bisect_left(self._offsets, character) - 1, 0)
        if not self._pieces:
            return 0
        return self._begins[at] + bisect_left(self._pieces[at].exact.starts, character - self._offsets[at])

    def _at(self, word: int) -> int:
        return bisect_right(self._begins, word) - 1


def words(text: str) -> Words:
    """Reads `text` once; linear in its length."""
    if len(text) <= SHORT:
        return _in_one_piece(text)
    known: dict[str, _Piece] = {}
    sentences: list[tuple[str, ...]] = []
    firsts: list[int] = []
    pieces: list[_Piece] = []
    begins: list[int] = []
    offsets: list[int] = []
    count = 0
    for start, stop in _cuts(text):
        written = text[start:stop]
        trimmed = written.strip()
        piece = known.get(trimmed)
        if piece is None:
            piece = known[trimmed] = _Piece(trimmed)
        if not piece.count:
            continue
        pieces.append(piece)
        begins.append(count)
        offsets.append(start + len(written) - len(written.lstrip()))
        for sentence in piece.sentences:
            sentences.append(sentence)
            firsts.append(count)
            count += len(sentence)
    return Words(tuple(sentences), tuple(firsts), count, tuple(pieces), tuple(begins), tuple(offsets))


def _in_one_piece(text: str) -> Words:
    piece = _Piece(text, exact=True)
    firsts = accumulate(map(len, piece.sentences[:-1]), initial=0) if piece.sentences else ()
    return Words(tuple(piece.sentences), tuple(firsts), piece.count, (piece,), (0,), (0,))


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)
