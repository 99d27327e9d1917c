"""A text read in pieces is the text read as a whole."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.text import words
from scoring.tokens import tokens

ALPHABET = "aéÉßœø\u0301\u200bİı'’.?!;¿ \n\r\t-_09)\"»”…:😂À中ﬁ"
PIECES = st.lists(
    st.sampled_from(
        ["he fell.", "e.g. ", "ok? ", "\n\n", "\n", " - ", "-", "\n \n", "3.5 kg. ", "Ça va! ", "a.", "\r\n", "it "]
    )
)
TEXTS = st.text(st.sampled_from(ALPHABET), max_size=60) | st.text(max_size=60) | PIECES.map("".join)


@given(TEXTS)
def test_words_and_places_are_those_of_the_whole(text: str) -> None:
    found, exact = words(text), tokens(text)
    places = range(len(found))
    assert found.folded == exact.folded
    assert tuple(map(found.start, places)) == exact.starts
    assert tuple(map(found.end, places)) == exact.ends
    assert [found.before(at) for at in range(len(text) + 1)] == [
        sum(start < at for start in exact.starts) for at in range(len(text) + 1)
    ]


@given(TEXTS)
def test_sentences_and_clauses_end_where_those_of_the_whole_end(text: str) -> None:
    found, exact = words(text), tokens(text)
    for one, other in pairwise(range(len(found))):
        assert (found.sentence(one) == found.sentence(other)) is (exact.sentences[one] == exact.sentences[other])
        if exact.sentences[one] == exact.sentences[other]:
            assert (found.clause(one) == found.clause(other)) is (exact.clauses[one] == exact.clauses[other])
        assert found.clause(one) <= found.clause(other)


@given(TEXTS)
def test_each_sentence_has_its_words(text: str) -> None:
    found = words(text)
    assert all(found.sentences)
    for number, (first, said) in enumerate(zip(found.firsts, found.sentences, strict=True)):
        assert said == found.folded[first : first + len(said)]
        assert {found.sentence(first + at) for at in range(len(said))} == {number}


@pytest.mark.parametrize("text", ["He fell. He fell. \n\nHe fell! ", "Not e.g. this. Il est tombé. Es tut weh?  Ja."])
def test_places_are_known_of_what_is_said_again(text: str) -> None:
    found = words(text)
    for word in range(len(found)):
        assert text[found.start(word) : found.end(word)].lower().startswith(found.folded[word][0])
