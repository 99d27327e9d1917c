from __future__ import annotations

import pytest

from scoring.patterns import BadPattern, Choice, Row, parse

CLASSES: dict[str, tuple[Row, ...]] = {"pet": (("<pet@en",), ("guinea", "pig"))}


def read(pattern: str) -> tuple[Row, ...]:
    return parse(pattern, CLASSES.__getitem__)


def test_words_are_folded_as_the_text_is() -> None:
    assert read("Isn't BREATHING déjà") == (("isnt", "breathing", "deja"),)
    assert read("l'ha") == (("l", "ha"),)
    assert read("15g") == (("15", "g"),)


def test_a_beginning_keeps_its_star() -> None:
    assert read("bleed* badly") == (("bleed*", "badly"),)


def test_gaps_are_numbers_of_words() -> None:
    assert read("ate .. it ... up") == (("ate", 4, "it", 8, "up"),)


def test_alternatives_and_optional_words() -> None:
    assert read("a|b c") == (("a",), ("b", "c"))
    assert read("(a|b c)? d") == ((Choice((("a",), ("b", "c")), optional=True), "d"),)
    assert read("got? out") == ((Choice((("got",),), optional=True), "out"),)
    assert read("(a) b") == (("a", "b"),)


def test_a_class_stands_for_its_rows() -> None:
    assert read("my <pet>") == (("my", Choice(CLASSES["pet"])),)


def test_an_emoji_is_a_word() -> None:
    assert read("🆘") == (("🆘",),)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "must be there"),
        (".. out", "must be there"),
        ("(.. a|b) c", "must be there"),
        ("a? b?", "must be there"),
        ("a? ..", "must be there"),
        ("(a|b", "never closed"),
        ("a) b", "never opened"),
        ("? a", "follows nothing"),
        ("a(b|c)", "a space before"),
        ("a * b", "can't read"),
        ("a <No Such> b", "can't read"),
        ("-- b", "holds no word"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_the_reason(pattern: str, why: str) -> None:
    with pytest.raises(BadPattern, match=why):
        read(pattern)


@pytest.mark.parametrize("pattern", ["a? b", "a b?", "a .. b?", "(a|b)? c", "(a? b|c) .. d", "a (b|c ..)? d"])
def test_what_may_be_missing_is_fine_where_a_word_must_come_first(pattern: str) -> None:
    read(pattern)
