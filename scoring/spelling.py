"""Which keys a written word has: itself, its classes, its beginnings, and those of the word it is a slip for.

A word that no rule knows is taken for one of the words listed as often misspelled if one slip leads there: a
letter missing or too many, two swapped, one vowel for another. Any known word is found with a letter held down
("heeelp") or an umlaut spelled out ("ueberfahren"). Only listed words: most words are one slip away from some
other ("talking" from "stalking").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

_VOWELS = "aeiouy"
_HELD = re.compile(r"(\w)\1{2,}")

Keys = tuple[str, ...]


def keys_of(
    known: Mapping[str, Keys],
    prefixes: frozenset[str],
    misspelled: frozenset[str],
    spelled_right: frozenset[str],
) -> Callable[[str], Keys]:
    """A cached function from a folded word to its keys; () for a word that no rule asks for."""
    shortest = min(map(len, prefixes), default=0)
    longest = max(map(len, prefixes), default=0)
    slips: dict[str, str] = {}
    for word in sorted(misspelled):
        for slip in _slips(word):
            slips.setdefault(slip, word)

    def exact(word: str) -> Keys:
        begun = (word[:n] for n in range(shortest, min(longest, len(word)) + 1))
        return (*known.get(word, ()), *(begin + "*" for begin in begun if begin in prefixes))

    @lru_cache(maxsize=65_536)
    def keys(word: str) -> Keys:
        found = exact(word)
        if word in known or word in spelled_right:
            return found
        for other in (slips.get(word, ""), *_held(word), *_umlauts(word)):
            if meant := exact(other):
                return tuple(dict.fromkeys((*found, *meant)))
        return found

    return keys


def _held(word: str) -> Iterator[str]:
    if _HELD.search(word):
        yield _HELD.sub(r"\1", word)
        yield _HELD.sub(r"\1\1", word)


def _umlauts(word: str) -> Iterable[str]:
    spelled = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return () if spelled == word else (spelled,)


def _slips(word: str) -> Iterator[str]:
    """How `word` is written with one slip."""
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + word[i - 1] + word[i:]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for other in _VOWELS:
            if word[i] in _VOWELS and other != word[i]:
                yield word[:i] + other + word[i + 1 :]
