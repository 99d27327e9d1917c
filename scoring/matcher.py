"""All patterns of all rules as one graph of words, walked from each word of a text.

No regular expressions: a walk looks a word's keys up in a node, so the time is linear in the text and no text
makes it worse. A walk from one word visits each (node, word) at most once. The graph grows with what is written
in the rules, not with what that unfolds to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from scoring.patterns import Row
from scoring.text import Words


class Hit(NamedTuple):
    """Pattern of rule number `rule` on the words [start, end)."""

    rule: int
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Node:
    """next: by key of the next word. gaps: how many words may be skipped first. ends: rules that end here.

    skipped: of a node behind a gap, the nodes before it and their gaps, for a gap that follows at once.
    """

    next: dict[str, list[Node]] = field(default_factory=dict)
    gaps: list[tuple[int, Node]] = field(default_factory=list)
    ends: tuple[int, ...] = ()
    skipped: list[tuple[Node, int]] = field(default_factory=list)


def graph(patterns: Iterable[tuple[int, tuple[Row, ...]]]) -> Node:
    """The graph of (rule, rows of one of its patterns)."""
    root = Node()
    last: dict[int, Node] = {}
    for rule, rows in patterns:
        end = last.setdefault(rule, Node(ends=(rule,)))
        for row in rows:
            for opened in _lay(row, [root], end):
                for node in [before for before, _ in opened.skipped] or [opened]:
                    if rule not in node.ends:
                        node.ends = (*node.ends, rule)
    for key, nodes in root.next.items():
        root.next[key] = [_merged(nodes)]
    return root


def _lay(row: Row, opened: list[Node], end: Node) -> list[Node]:
    """Adds `row` behind each of `opened`; the nodes at which it is over, `end` where its last word leads."""
    for number, element in enumerate(row):
        target = end if number == len(row) - 1 else Node()
        if isinstance(element, str):
            for node in opened:
                node.next.setdefault(element, []).append(target)
            opened = [target]
        elif isinstance(element, int):
            befores = [before for node in opened for before in (node.skipped or [(node, 0)])]
            target = Node(skipped=[(node, skipped + element) for node, skipped in befores])
            for node, gap in target.skipped:
                node.gaps.append((gap, target))
            opened = [target]
        else:
            over = {id(node): node for each in element.rows for node in _lay(each, opened, target)}
            if element.optional:
                over.update((id(node), node) for node in opened)
            opened = list(over.values())
    return opened


def _merged(nodes: list[Node]) -> Node:
    """One node that does what several do: many patterns begin with the same word."""
    if len(nodes) == 1:
        return nodes[0]
    merged = Node(ends=tuple(dict.fromkeys(rule for node in nodes for rule in node.ends)))
    for node in nodes:
        for key, after in node.next.items():
            merged.next.setdefault(key, []).extend(after)
    for words in sorted({words for node in nodes for words, _ in node.gaps}):
        merged.gaps.append((words, _merged([after for node in nodes for gap, after in node.gaps if gap == words])))
    return merged


def find(root: Node, words: Words, keys_of: Callable[[str], tuple[str, ...]]) -> list[Hit]:
    """Every hit, the longest one of a rule from each word; in the order of their first words."""
    keys = [keys_of(word) for word in words.folded]
    present = {key for found in keys for key in found}
    stops = _stops(words.sentences)
    first = root.next
    hits: list[Hit] = []
    for start, found in enumerate(keys):
        for key in found:
            # Merged, so there is one; most words begin a pattern that the next word doesn't go on with.
            if key in first and _leads(first[key][0], keys, stops[start], start + 1):
                longest = _walk(root, keys, present, stops[start], start)
                if longest:
                    hits += [Hit(rule, start, end) for rule, end in longest.items()]
                break
    return hits


def _leads(node: Node, keys: list[tuple[str, ...]], stop: int, after: int) -> bool:
    """False where nothing ends at `node` and nothing goes on from it with the word `after`."""
    return bool(node.ends or node.gaps) or (after < stop and not node.next.keys().isdisjoint(keys[after]))


def _stops(sentences: tuple[int, ...]) -> list[int]:
    """For each word the end of its sentence."""
    stops = [0] * len(sentences)
    stop, following = len(sentences), -1
    for at in range(len(sentences) - 1, -1, -1):
        if sentences[at] != following:
            stop, following = at + 1, sentences[at]
        stops[at] = stop
    return stops


def _walk(root: Node, keys: list[tuple[str, ...]], present: set[str], stop: int, start: int) -> dict[int, int]:
    """Rules that match from word `start`, in its sentence, each with the longest end. present: all keys of the text.

    What can't go on is not walked at all: of most patterns a text has the first word only.
    """
    longest: dict[int, int] = {}
    seen: set[tuple[Node, int]] = set()
    stack = [(root, start, start + 1)]
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
                        able = [each for each in gaps if not each[1].next.keys().isdisjoint(present)]
                        stack += [(behind, after, after + gap + 1) for gap, behind in able]
    return longest
