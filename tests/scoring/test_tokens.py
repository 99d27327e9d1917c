"""Words to the letter: how they are folded, where they stand, and what ends a sentence and a clause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.tokens import LONG, fold, only_words, tokens

LETTERS = st.text(alphabet=st.sampled_from("aéÉßŒœøŁ\u0301\u200b\u00adIİı'’.?! \n-_09🆘😂ÀàñÑ中ﬁ"), max_size=60)


def read(text: str) -> list[str]:
    return list(tokens(text).folded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He's NOT breathing", ["hes", "not", "breathing"]),
        ("isn’t isn't isnt ISN`T", ["isnt"] * 4),
        ("l'ha mangiato", ["l", "ha", "mangiato"]),
        ("s'està ennuegant", ["s", "esta", "ennuegant"]),
        ("qu'il n'y a", ["qu", "il", "n", "y", "a"]),
        ("Über den Straßen", ["uber", "den", "strassen"]),
        ("¡Socorro! niño", ["socorro", "nino"]),
        ("œuf cœur", ["oeuf", "coeur"]),
        ("15g 2tabs 3.5kg", ["15", "g", "2", "tabs", "3", "5", "kg"]),
        ("🆘😭 help", ["🆘", "😭", "help"]),
        ("b\u00adl\u200bood", ["blood"]),
        ("e\u0301te\u0301", ["ete"]),
        ("col·lapse", ["col", "lapse"]),
        ("", []),
        (" \t\r\n ", []),
    ],
)
def test_words_without_case_accents_or_apostrophes(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@given(LETTERS | st.text(max_size=60))
def test_each_word_stands_where_it_says_and_folds_to_what_it_says(text: str) -> None:
    found = tokens(text)
    before = 0
    for word, start, end in zip(found.folded, found.starts, found.ends, strict=True):
        assert before <= start < end <= len(text)
        assert word
        if not text[start:end].isalnum() or text[start:end].isalpha() or text[start:end].isdigit():
            assert fold(text[start:end]) == word or text[start:end] == word
        before = end


@given(LETTERS | st.text(max_size=60))
def test_sentences_and_clauses_only_rise(text: str) -> None:
    found = tokens(text)
    assert list(found.sentences) == sorted(found.sentences)
    assert list(found.clauses) == sorted(found.clauses)
    assert len(found.folded) == len(found.starts) == len(found.ends) == len(found.sentences) == len(found.clauses)


@given(st.text(max_size=60))
def test_folding_is_done_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(LETTERS | st.text(max_size=60))
def test_of_one_sentence_the_words_alone_are_the_same(text: str) -> None:
    quick, exact = only_words(text), tokens(text)
    assert quick is None or (quick == exact.folded and len(set(exact.sentences)) <= 1)


@pytest.mark.parametrize(
    "text", ["He’s NOT breathing!?", "¡Socorro", "l'ha mangiato (15g), ok…\nok", "a" * LONG + "É" * LONG]
)
def test_what_is_surely_one_sentence_is_read_quickly(text: str) -> None:
    assert only_words(text.strip("¡")) == tokens(text).folded


def test_a_stop_ends_a_sentence_a_comma_only_a_clause() -> None:
    found = tokens("He fell, then slept. Fine? yes\n\nAnn")
    assert found.sentences == (0, 0, 0, 0, 1, 2, 3)
    assert found.clauses[0] == found.clauses[1] != found.clauses[2] == found.clauses[3]


def test_a_stop_behind_a_single_letter_ends_nothing() -> None:
    assert set(tokens("first aid, e.g. for choking").sentences) == {0}
    assert len(set(tokens("he fell. is he ok").sentences)) == 2


def test_a_single_line_break_ends_no_sentence() -> None:
    assert set(tokens("he is not\nbreathing").sentences) == {0}


def test_an_ellipsis_ends_a_clause_only() -> None:
    found = tokens("not moving... at all")
    assert set(found.sentences) == {0}
    assert found.clauses[1] != found.clauses[2]
