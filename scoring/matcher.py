"""Where the patterns of all rules match in a text: their graph is walked from each word that may begin a match.

No regular expressions: a walk looks a word's keys up in a node, so the time is linear in the text and no text
makes it worse. A walk from one word visits each (node, word) at most once. Most sentences are never walked: they lack
the words that any pattern needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoring.anchors import Anchors, anchors
from scoring.graph import Node, graph
from scoring.patterns import Row
from scoring.text import Words

FEW_WORDS = 120
"""Of a text so short each word is tried: to ask first what may match pays only for long ones."""

BLOCK = 48
"""Words of a sentence that are asked together what may match among them."""


class Hit(NamedTuple):
    """Pattern of rule number `rule` on the words [start, end)."""

    rule: int
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Matcher:
    """All patterns: how they go on, and which words they can't be without."""

    root: Node
    anchors: Anchors


def matcher(patterns: Sequence[tuple[int, tuple[Row, ...]]]) -> Matcher:
    """Of (rule, rows of one of its patterns)."""
    return Matcher(graph(patterns), anchors([row for _, rows in patterns for row in rows]))


def find(
    matcher: Matcher, words: Words, keys_of: Callable[[str], tuple[str, ...]], among: Iterable[int] | None = None
) -> list[Hit]:
    """Every hit, the longest one of a rule from each word; in the order of their first words.

    among: the numbers of the sentences to look in, in order; None for all.
    """
    asks = len(words) > FEW_WORDS
    known: dict[tuple[str, ...], list[Hit]] = {}
    hits: list[Hit] = []
    for number in range(len(words.sentences)) if among is None else among:
        sentence = words.sentences[number]
        found = known.get(sentence)
        if found is None:
            found = known[sentence] = _in_sentence(matcher, [keys_of(word) for word in sentence], ask=asks)
        if found:
            first = words.firsts[number]
            hits += [Hit(rule, start + first, end + first) for rule, start, end in found]
    return hits


def _in_sentence(matcher: Matcher, keys: list[tuple[str, ...]], *, ask: bool) -> list[Hit]:
    """A long sentence is asked block by block what can match in it, each with the words that a pattern may go on to."""
    hits: list[Hit] = []
    for first in range(0, len(keys), BLOCK):
        ahead = keys[first : first + BLOCK + matcher.anchors.longest]
        present = set().union(*ahead)
        wanted = matcher.anchors.beginnings(present) if ask else matcher.root.next.keys()
        if wanted:
            for start, found in enumerate(ahead[:BLOCK]):
                if not wanted.isdisjoint(found):
                    longest = _from(matcher.root, ahead, present, start)
                    hits += [Hit(rule, first + start, first + end) for rule, end in longest.items()]
    return hits


def _from(root: Node, keys: list[tuple[str, ...]], present: set[str], start: int) -> dict[int, int]:
    """Rules that match from word `start` of a sentence, each with the longest end. present: all keys of `keys`.

    What can't go on is not walked at all: of most patterns a text has the first word only.
    """
    longest: dict[int, int] = {}
    after = start + 1
    ahead = keys[after] if after < len(keys) else ()
    for key in keys[start]:
        for node in root.next.get(key, ()):
            for rule in node.ends:
                longest.setdefault(rule, after)
            if after < len(keys):
                onward = [] if node.next.keys().isdisjoint(ahead) else [(node, after, after + 1)]
                onward += _over(node.gaps, after, present)
                if onward:
                    _walk(onward, keys, present, longest)
    return longest


def _walk(
    stack: list[tuple[Node, int, int]], keys: list[tuple[str, ...]], present: set[str], longest: dict[int, int]
) -> None:
    """Goes on from each (node, first word, the word behind the last that it may go on with), and tells `longest` of
    the rules that match.
    """
    stop = len(keys)
    seen: set[tuple[Node, int]] = set()
    while stack:
        node, at, until = stack.pop()
        following = node.next
        for end in range(at, until if until < stop else stop):
            for key in keys[end]:
                if key not in following:
                    continue
                after = end + 1
                ahead = keys[after] if after < stop else ()
                for child in following[key]:
                    onward = not child.next.keys().isdisjoint(ahead)
                    gaps = child.gaps
                    if onward or gaps:
                        if (child, end) in seen:
                            continue
                        seen.add((child, end))
                    for rule in child.ends:
                        if longest.get(rule, 0) < after:
                            longest[rule] = after
                    if onward:
                        stack.append((child, after, after + 1))
                    if gaps and after < stop:
                        stack += _over(gaps, after, present)


def _over(gaps: Sequence[tuple[int, Node]], after: int, present: set[str]) -> list[tuple[Node, int, int]]:
    """Where patterns go on behind a gap, as `_walk` takes it; those whose next word isn't there go nowhere."""
    return [(node, after, after + gap + 1) for gap, node in gaps if not node.next.keys().isdisjoint(present)]
