"""All patterns of all rules as one graph of words. It grows with what is written in the rules, not with what that
unfolds to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scoring.patterns import Row


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
