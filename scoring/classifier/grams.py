"""What the linear model sees in words: each word, its pieces of two to five letters, and each two words in a row."""

from __future__ import annotations

SHORTEST = 2
LONGEST = 5


def grams_of(word: str) -> list[str]:
    """The word and its pieces; a blank marks where it begins and ends, so that "ate" in "late" is another piece."""
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
