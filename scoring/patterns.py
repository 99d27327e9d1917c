"""The little language in which rules are written: words as people write them, in the order they write them.

    not breathing             these words, one after the other, in any case and with or without accents
    bleed*                    any word that begins so
    (hit|run over) by         one of several; alternatives may be several words
    got? out                  the word, or nothing; also after a bracket: (a|the)?
    ate .. <toxic>            `..` skips up to 4 words of the same sentence, `...` up to 8
    <toxic>                   any word or words of that class (words.yaml) in the pattern's own language

A pattern never crosses the end of a sentence. What may be missing at its end only makes its place longer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import TypeAlias

from scoring.tokens import tokens

GAPS = {"..": 4, "...": 8}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `rows`; or nothing, if it is optional."""

    rows: tuple[Row, ...]
    optional: bool = False


Element: TypeAlias = str | int | Choice
"""A key that a word must have ("not", "bleed*", "<child@en"), an int: skip up to so many words, or a choice."""

Row: TypeAlias = tuple[Element, ...]

_PIECE = re.compile(r"\s*(?P<piece>\.\.\.?|<[a-z-]+>|[()|?]|[^\s()|?<>*]+\*?)")


class BadPattern(ValueError):
    """Not in the language; the message says what was expected."""


def parse(pattern: str, expand: Callable[[str], tuple[Row, ...]]) -> tuple[Row, ...]:
    """The rows of which one must match. `expand` gives the rows that a class's name stands for.

    Raises BadPattern.
    """
    pieces = list(_pieces(pattern))
    rows, rest = _alternatives(pieces, 0, expand)
    if rest != len(pieces):
        raise BadPattern("a bracket is closed that was never opened")
    for row in rows:
        if _may_begin_open(row):
            raise BadPattern("expected a word that must be there at its beginning")
    return rows


def _pieces(pattern: str) -> Iterator[str]:
    at = 0
    stripped = pattern.rstrip()
    while at < len(stripped):
        match = _PIECE.match(stripped, at)
        if match is None:
            raise BadPattern(f"can't read {stripped[at:].strip()!r}")
        piece = match.group("piece")
        if piece == "(" and at == match.start("piece") and at and stripped[at - 1] not in "(|?":
            raise BadPattern(f"expected a space before {stripped[at:]!r}")
        yield piece
        at = match.end()


def _alternatives(pieces: list[str], at: int, expand: Callable[[str], tuple[Row, ...]]) -> tuple[tuple[Row, ...], int]:
    """The rows that stand up to the end or the closing bracket, and where that is."""
    rows: list[Row] = []
    row: list[Element] = []
    while at < len(pieces) and pieces[at] != ")":
        piece = pieces[at]
        at += 1
        if piece == "|":
            rows.append(tuple(row))
            row = []
            continue
        if piece == "(":
            inner, at = _alternatives(pieces, at, expand)
            if at >= len(pieces):
                raise BadPattern("a bracket is opened and never closed")
            at += 1
        else:
            inner = _rows(piece, expand)
        optional = at < len(pieces) and pieces[at] == "?"
        at += optional
        if optional or len(inner) > 1:
            row.append(Choice(inner, optional))
        else:
            row += inner[0]
    return (*rows, tuple(row)), at


def _rows(piece: str, expand: Callable[[str], tuple[Row, ...]]) -> tuple[Row, ...]:
    if piece in GAPS:
        return ((GAPS[piece],),)
    if piece.startswith("<"):
        return expand(piece[1:-1])
    if piece == "?":
        raise BadPattern("a question mark follows nothing")
    return _plain(piece)


@lru_cache(maxsize=16_384)
def _plain(piece: str) -> tuple[Row, ...]:
    folded = tokens(piece.rstrip("*")).folded
    if not folded:
        raise BadPattern(f"{piece!r} holds no word")
    if piece.endswith("*"):
        folded = (*folded[:-1], folded[-1] + "*")
    return (tuple(map(intern, folded)),)  # the same words stand in thousands of patterns


def forget() -> None:
    """What was remembered of words that stand in many patterns: once all are read, nobody asks for it."""
    _plain.cache_clear()


def _may_begin_open(row: Row) -> bool:
    """True if a row may begin with a gap, or be nothing at all."""
    for element in row:
        if isinstance(element, int):
            return True
        if isinstance(element, str):
            return False
        if any(each and _may_begin_open(each) for each in element.rows):
            return True
        if not element.optional and all(element.rows):
            return False
    return True
