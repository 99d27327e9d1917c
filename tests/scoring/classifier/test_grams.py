from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scoring.classifier.grams import LONGEST, SHORTEST, grams_of, pair


def test_a_word_has_itself_and_its_pieces_with_its_ends_marked() -> None:
    assert grams_of("at") == ["=at", " a", "at", "t ", " at", "at ", " at "]


def test_a_word_in_another_is_another_piece() -> None:
    assert "ate" in grams_of("late")
    assert {"=ate", " ate", " ate "}.isdisjoint(grams_of("late"))


def test_a_pair_is_no_words_gram() -> None:
    assert pair("not", "breathing") not in grams_of("not") + grams_of("breathing")
    assert pair("a", "b") != pair("b", "a")


@given(st.text(min_size=1, max_size=20))
def test_pieces_have_their_lengths_and_stand_in_the_word(word: str) -> None:
    first, *pieces = grams_of(word)
    assert first == f"={word}"
    assert all(SHORTEST <= len(piece) <= LONGEST and piece in f" {word} " for piece in pieces)
