"""What the graph is made of: no more than what is written."""

from __future__ import annotations

from scoring.graph import Node, graph


def nodes(root: Node) -> int:
    seen: set[Node] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [after for following in node.next.values() for after in following]
            waiting += [after for _, after in node.gaps]
    return len(seen)


def test_patterns_that_begin_alike_share_their_beginning() -> None:
    root = graph([(0, (("not", "eating"),)), (1, (("not", "drinking"),))])
    assert [len(following) for following in root.next.values()] == [1]
    assert set(root.next["not"][0].next) == {"eating", "drinking"}


def test_patterns_of_one_rule_end_in_one_place() -> None:
    rows = tuple((word, "now") for word in ("here", "there", "gone", "back"))
    assert nodes(graph([(0, rows)])) == 1 + len(rows) + 1


def test_where_a_pattern_ends_it_says_of_which_rule() -> None:
    [end] = graph([(7, (("help",),))]).next["help"]
    assert end.ends == (7,)
    assert not end.next
    assert not end.gaps
