"""Which keys a written word has: itself, its classes, its beginnings, and those of the word it is a slip for.

A word that no rule knows is taken for a known one of at least LONG letters if one slip leads there: a letter
missing or too many, two swapped, one vowel for another; or a letter held down ("heeelp"), or an umlaut spelled
out ("ueberfahren"). Words that are right as they stand but one slip away from a known one are listed in
words.yaml under `spelled_right`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

LONG = 6
_VOWELS = "aeiouy"
_HELD = re.compile(r"(\w)\1{2,}")

Keys = tuple[str, ...]


def keys_of(
    known: Mapping[str, Keys], prefixes: frozenset[str], spelled_right: frozenset[str]
) -> Callable[[str], Keys]:
    """A cached function from a folded word to its keys; () for a word that no rule asks for."""
    shortest = min(map(len, prefixes), default=0)
    longest = max(map(len, prefixes), default=0)
    missing: dict[str, str] = {}
    for word in sorted(known):
        if len(word) >= LONG and word.isalpha():
            for i in range(len(word)):
                missing.setdefault(word[:i] + word[i + 1 :], word)

    def exact(word: str) -> Keys:
        begun = (word[:n] for n in range(shortest, min(longest, len(word)) + 1))
        return (*known.get(word, ()), *(begin + "*" for begin in begun if begin in prefixes))

    @lru_cache(maxsize=65_536)
    def keys(word: str) -> Keys:
        found = exact(word)
        if found or word in spelled_right:
            return found
        for other in (*_held(word), *_umlauts(word)):
            if found := exact(other):
                return found
        if LONG - 1 <= len(word) <= 20 and word.isalpha():
            if word in missing and len(missing[word]) >= LONG:
                return exact(missing[word])
            for other in _slips(word):
                if len(other) >= LONG and other in known:
                    return exact(other)
        return ()

    return keys


def _held(word: str) -> Iterator[str]:
    if _HELD.search(word):
        yield _HELD.sub(r"\1", word)
        yield _HELD.sub(r"\1\1", word)


def _umlauts(word: str) -> Iterable[str]:
    spelled = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return () if spelled == word else (spelled,)


def _slips(word: str) -> Iterator[str]:
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
    for i in range(len(word) - 1):
        yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    for i, letter in enumerate(word):
        if letter in _VOWELS:
            for other in _VOWELS:
                if other != letter:
                    yield word[:i] + other + word[i + 1 :]
