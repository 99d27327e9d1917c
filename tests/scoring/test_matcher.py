"""The graph of patterns against a plain reading of what a pattern says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.matcher import BLOCK, Hit, find, matcher
from scoring.patterns import Choice, Element, Row, parse
from scoring.text import words


def keys_of(word: str) -> tuple[str, ...]:
    return () if word == "x" else (word, word[:2] + "*")  # rules know nothing of most words


def no_class(name: str) -> tuple[Row, ...]:
    raise AssertionError(name)


def hits(patterns: list[str], text: str) -> list[str]:
    read = words(text)
    found = matcher([(number, parse(pattern, no_class)) for number, pattern in enumerate(patterns)])
    return [f"{hit.rule}: {' '.join(read.folded[hit.start : hit.end])}" for hit in find(found, read, keys_of)]


def test_words_in_a_row() -> None:
    assert hits(["not breathing"], "she is not breathing, not really breathing") == ["0: not breathing"]


def test_a_gap_skips_up_to_its_words_and_no_more() -> None:
    assert hits(["ate .. it"], "ate it. ate a b c d it. ate a b c d e it") == ["0: ate it", "0: ate a b c d it"]


def test_a_beginning_matches_longer_words() -> None:
    assert hits(["bl* now"], "blood now, bled now, now") == ["0: blood now", "0: bled now"]


def test_optional_words_and_the_longest_end() -> None:
    assert hits(["ran (off|away)? (again)?"], "ran. ran off. ran away again.") == [
        "0: ran",
        "0: ran off",
        "0: ran away again",
    ]


def test_what_may_be_missing_behind_a_gap_only_makes_the_place_longer() -> None:
    assert hits(["a .. b?", "a .. (b|c d) .. e?"], "a x b y e") == ["0: a x b", "1: a x b y e"]
    assert hits(["a .. b?"], "a x x") == ["0: a"]


def test_no_pattern_crosses_the_end_of_a_sentence() -> None:
    assert hits(["not .. breathing"], "I think not. Breathing is fine") == []


def test_each_rule_is_reported_once_for_a_place() -> None:
    assert sorted(hits(["a b|a (b|c)", "a"], "a b")) == ["0: a b", "1: a"]


def test_a_gap_may_follow_a_gap_over_a_word_that_is_missing() -> None:
    assert hits(["a .. b? .. c"], "a x x x x b y c. a x x x x x c") == ["0: a x x x x b y c", "0: a x x x x x c"]


@pytest.mark.parametrize("before", [0, 1, BLOCK - 4, BLOCK - 1, BLOCK, 3 * BLOCK + 1])
def test_a_long_sentence_is_read_to_its_end(before: int) -> None:
    assert hits(["not .. breathing", "help"], "so " * before + "not really breathing " + "so " * before + "help") == [
        "0: not really breathing",
        "1: help",
    ]


def test_of_some_sentences_alone_the_hits_are_theirs() -> None:
    read = words("help me. help him. help her.")
    found_by = matcher([(0, parse("help", no_class))])
    assert find(found_by, read, keys_of, [0, 2]) == [Hit(0, 0, 1), Hit(0, 4, 5)]


WORD = st.sampled_from("abc")
ROW: st.SearchStrategy[Row] = st.deferred(lambda: st.lists(ELEMENT, min_size=1, max_size=4).map(tuple))
ELEMENT: st.SearchStrategy[Element] = st.deferred(
    lambda: (
        WORD
        | WORD
        | st.integers(1, 2)
        | st.builds(Choice, st.lists(ROW, min_size=1, max_size=3).map(tuple), st.booleans())
    )
)
EDGED: st.SearchStrategy[Row] = st.builds(lambda a, row, b: (a, *row, *b), WORD, ROW, st.lists(WORD, max_size=1))


def ends(row: Row, text: list[str], at: int, over: int = 0) -> Iterator[tuple[int, int]]:
    """Where `row` may be over if it begins at `at`, and behind its last word: a plain reading, exponential."""
    if not row:
        yield at, over
        return
    first, rest = row[0], row[1:]
    if isinstance(first, str):
        if at < len(text) and text[at] == first:
            yield from ends(rest, text, at + 1, at + 1)
    elif isinstance(first, int):
        for skipped in range(first + 1):
            yield from ends(rest, text, at + skipped, over)
    else:
        rows = (*first.rows, ()) if first.optional else first.rows
        for each in rows:
            for behind, word in ends(each, text, at, over):
                yield from ends(rest, text, behind, word)


@settings(max_examples=40)
@given(st.lists(EDGED, min_size=1, max_size=4), st.lists(WORD, max_size=9))
def test_the_graph_finds_what_the_patterns_say(rows: list[Row], text: list[str]) -> None:
    found_by = matcher([(number, (row,)) for number, row in enumerate(rows)])
    expected = {
        Hit(number, at, max(over for _, over in found))
        for number, row in enumerate(rows)
        for at in range(len(text))
        if (found := list(ends(row, text, at)))
    }
    assert set(find(found_by, words(" ".join(text)), lambda word: (word,))) == expected


class Counted(tuple[str, ...]):
    """The keys of a word, counting how often a walk looks at it."""

    visits = 0

    def __iter__(self) -> Iterator[str]:
        Counted.visits += 1
        return super().__iter__()


@pytest.mark.parametrize("text", ["a ", "a b ", "a a b "])
def test_the_work_grows_with_the_text_and_not_faster(text: str) -> None:
    found_by = matcher(
        [
            (number, parse(pattern, no_class))
            for number, pattern in enumerate(["a ... a ... a ... a ... c", "a (a|b)? (a|b)? .. (a|b) ... (a|a b) c"])
        ]
    )

    def visits(times: int) -> int:
        Counted.visits = 0
        block = " ".join(["c", *(text * BLOCK).split()][:BLOCK])
        find(found_by, words(f"{block} " * times), lambda word: Counted((word,)))
        return Counted.visits

    assert 0 < visits(15) - visits(10) <= 1.01 * (visits(10) - visits(5))
