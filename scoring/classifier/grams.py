"""What the linear model sees in words: each word, its pieces of two to five letters, and each two words in a row."""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST = 2
LONGEST = 5
LONGEST_WORD = 64
"""Characters of a word that are read; nothing longer is one."""


def grams_of(word: str) -> list[str]:
    """The word and its pieces; a blank marks where it begins and ends, so that "ate" in "late" is another piece."""
    word = word[:LONGEST_WORD]
    padded = f" {word} "
    pieces = [
        padded[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - length + 1)
    ]
    return ["=" + word, *pieces]


def pair(first: str, second: str) -> str:
    """The gram of two words in a row of one sentence."""
    return f"{first}+{second}"


def pairs_of(words: Sequence[str]) -> list[str]:
    """Those of a whole sentence."""
    return list(map(pair, words, words[1:]))
