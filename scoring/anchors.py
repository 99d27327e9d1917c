"""Which words a pattern can't be without, and so whether a sentence is worth walking at all.

Each pattern lies under the words of one of its places, the place whose words are rarest in the rules ("vet" rather than
"the"); where one of them is said, its other places are asked whether one of their words is there, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoring.patterns import Choice, Row


class Wanted(NamedTuple):
    """A pattern's words: it can begin with one of `firsts` if each of `needs` has a key that is there."""

    needs: tuple[frozenset[str], ...]
    firsts: frozenset[str]


@dataclass(frozen=True, eq=False)
class Anchors:
    """anchored: each pattern, under the keys of which one must be there. longest: how many words a pattern spans."""

    anchored: dict[str, tuple[Wanted, ...]]
    longest: int

    def beginnings(self, present: set[str]) -> set[str]:
        """The keys with which something begins that may be all there; none for most sentences."""
        found: set[str] = set()
        for key in present & self.anchored.keys():
            for needs, firsts in self.anchored[key]:
                for need in needs:
                    if need.isdisjoint(present):
                        break
                else:
                    found |= firsts
        return found


def anchors(rows: Sequence[Row]) -> Anchors:
    """Of all patterns' rows; each begins with a word that must be there."""
    common = Counter(key for row in rows for key in set(keys_in(row)))
    anchored: dict[str, dict[Wanted, None]] = {}
    same: dict[frozenset[str], frozenset[str]] = {}  # thousands of patterns begin with the same words
    for row in rows:
        rarest, *others = sorted(_needs(row, common), key=lambda need: _cost(need, common))
        needs, firsts = tuple([same.setdefault(need, need) for need in others]), _firsts(row)
        wanted = Wanted(needs, same.setdefault(firsts, firsts))
        for key in rarest:
            anchored.setdefault(key, {})[wanted] = None
    return Anchors({key: tuple(found) for key, found in anchored.items()}, max(map(_span, rows), default=0))


def keys_in(row: Row) -> Iterator[str]:
    """Every key that `row` asks for."""
    for element in row:
        if isinstance(element, str):
            yield element
        elif isinstance(element, Choice):
            for each in element.rows:
                yield from keys_in(each)


def _cost(need: frozenset[str], common: Counter[str]) -> int:
    return sum(common[key] for key in need)


def _needs(row: Row, common: Counter[str]) -> list[frozenset[str]]:
    """Sets of keys, of each of which one must be there for `row` to match."""
    found: list[frozenset[str]] = []
    for element in row:
        if isinstance(element, str):
            found.append(frozenset({element}))
        elif isinstance(element, Choice) and not element.optional:
            each = [_needs(inner, common) for inner in element.rows]
            if all(each):
                found.append(frozenset().union(*(min(one, key=lambda need: _cost(need, common)) for one in each)))
    return found


def _firsts(row: Row) -> frozenset[str]:
    """The keys with which `row` may begin."""
    found: set[str] = set()
    for element in row:
        if isinstance(element, str):
            return frozenset(found | {element})
        if isinstance(element, Choice):
            found.update(*(_firsts(each) for each in element.rows))
            if not element.optional:
                break
    return frozenset(found)


def _span(row: Row) -> int:
    """How many words `row` spans at most."""
    return sum(
        1 if isinstance(each, str) else each if isinstance(each, int) else max(map(_span, each.rows)) for each in row
    )
