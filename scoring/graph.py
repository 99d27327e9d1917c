"""All patterns of all rules as one graph of words. It grows with what is written in the rules, not with what that
unfolds to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.patterns import Row


@dataclass(slots=True, eq=False)
class Node:
    """next: by key of the next word. gaps: how many words may be skipped first. ends: rules that end here."""

    ends: tuple[int, ...]
    next: Mapping[str, Sequence[Node]]
    gaps: Sequence[tuple[int, Node]]


@dataclass(slots=True, eq=False)
class _Growing:
    """A node while patterns are added.

    skipped: of a node behind a gap, the nodes before it and their gaps, for a gap that follows at once.
    """

    next: dict[str, list[_Growing]] = field(default_factory=dict)
    gaps: list[tuple[int, _Growing]] = field(default_factory=list)
    ends: tuple[int, ...] = ()
    skipped: list[tuple[_Growing, int]] = field(default_factory=list)


def graph(patterns: Iterable[tuple[int, tuple[Row, ...]]]) -> Node:
    """The graph of (rule, rows of one of its patterns)."""
    root = _Growing()
    last: dict[int, _Growing] = {}
    for rule, rows in patterns:
        end = last.setdefault(rule, _Growing(ends=(rule,)))
        for row in rows:
            for opened in _lay(row, [root], end):
                for node in [before for before, _ in opened.skipped] or [opened]:
                    if rule not in node.ends:
                        node.ends = (*node.ends, rule)
    for key, nodes in root.next.items():
        root.next[key] = [_merged(nodes)]
    return _settled(root)


def _lay(row: Row, opened: list[_Growing], end: _Growing) -> list[_Growing]:
    """Adds `row` behind each of `opened`; the nodes at which it is over, `end` where its last word leads."""
    for number, element in enumerate(row):
        target = end if number == len(row) - 1 else _Growing()
        if isinstance(element, str):
            for node in opened:
                node.next.setdefault(element, []).append(target)
            opened = [target]
        elif isinstance(element, int):
            befores = [before for node in opened for before in (node.skipped or [(node, 0)])]
            target = _Growing(skipped=[(node, skipped + element) for node, skipped in befores])
            for node, gap in target.skipped:
                node.gaps.append((gap, target))
            opened = [target]
        else:
            over = {id(node): node for each in element.rows for node in _lay(each, opened, target)}
            if element.optional:
                over.update((id(node), node) for node in opened)
            opened = list(over.values())
    return opened


def _merged(nodes: list[_Growing]) -> _Growing:
    """One node that does what several do: many patterns begin with the same word."""
    if len(nodes) == 1:
        return nodes[0]
    merged = _Growing(ends=tuple(dict.fromkeys(rule for node in nodes for rule in node.ends)))
    for node in nodes:
        for key, after in node.next.items():
            merged.next.setdefault(key, []).extend(after)
    for words in sorted({words for node in nodes for words, _ in node.gaps}):
        merged.gaps.append((words, _merged([after for node in nodes for gap, after in node.gaps if gap == words])))
    return merged


def _settled(root: _Growing) -> Node:
    """The same in less room: most nodes lead to one other, and to nothing behind a gap."""
    nothing: dict[str, Sequence[Node]] = {}
    made: dict[_Growing, Node] = {}
    waiting = [root]
    while waiting:
        growing = waiting.pop()
        if growing not in made:
            made[growing] = Node(growing.ends, nothing, ())
            waiting += [after for following in growing.next.values() for after in following]
            waiting += [after for _, after in growing.gaps]
    for growing, node in made.items():
        if growing.next:
            node.next = {key: tuple([made[after] for after in following]) for key, following in growing.next.items()}
        node.gaps = tuple([(words, made[after]) for words, after in growing.gaps])
    return made[root]
