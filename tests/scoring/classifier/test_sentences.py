"""What the model reads of a text, and what it is not to see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.classifier.sentences import closing, pictured
from scoring.text import words
from tests.scoring.classifier.models import said

CRY = "my dog is not breathing"
PIECES = st.lists(
    st.sampled_from(["Hi", "hello there", "dog", ".", "!", "\n\n", "\n", ",", "😭", "Thanks", "--", "Ann"])
)


def read(text: str) -> list[str]:
    return [" ".join(sentence.folded) for sentence in said(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Hi, my dog is not breathing",
        "Hello there! My dog is not breathing",
        "Good morning all, hello,\n\nmy dog is not breathing",
        "Hola, buenas tardes: my dog is not breathing",
        "Sehr geehrte Damen und Herren, my dog is not breathing",
        "😱 hey 😱 my dog is 😭 not breathing 😭",
        "MY DOG IS NOT BREATHING",
        "My dog is not breathing\n\nKind regards,\nAnn Lee\nSenior Paramedic",
        "My dog is not breathing\nThanks",
        "My dog is not breathing\n--\nAnn | 24 h",
        "My dog is not breathing\n\nSent from my iPhone",
    ],
)
def test_greetings_signatures_capitals_and_emoji_are_not_seen(text: str) -> None:
    assert read(text) == [CRY]


def test_a_greeting_in_any_sentence_is_not_seen() -> None:
    assert read("Rex. Hello. Hi, he fell") == ["rex", "he fell"]


@pytest.mark.parametrize("text", ["all dogs are out", "there is smoke", "it fell into the well", "good dog"])
def test_words_that_greet_only_behind_a_greeting_are_read(text: str) -> None:
    assert read(text) == [text]


@pytest.mark.parametrize(("text", "kept"), [("Hello", "hello"), ("Thanks,\nAnn", "thanks ann"), ("Hi\n\nThanks", "hi")])
def test_a_text_of_nothing_else_is_read_as_it_is(text: str, kept: str) -> None:
    assert read(text)[0] == kept


def test_of_nothing_but_emoji_there_are_no_words() -> None:
    assert said("😭 🆘") == ()


def test_the_encoder_reads_a_sentence_as_written_in_one_case_without_emoji() -> None:
    text = "Hi Ann. He’s  NOT 😭\nbreathing!"
    assert [each.written(text) for each in said(text)] == ["ann", "he’s not breathing"]


def test_the_closing_line_is_told_apart_from_the_signature() -> None:
    text = "He fell\nKind regards,\nAnn Lee"
    assert [words(text).folded[at] for at in closing(text, words(text))] == ["kind", "regards"]
    assert not closing("He fell", words("He fell"))


@given(st.text(max_size=120) | PIECES.map(" ".join))
def test_each_word_is_read_once_at_most_in_order_and_where_it_stands(text: str) -> None:
    given_words = words(text)
    found = said(text)
    places = [place for sentence in found for place in sentence.places]
    assert places == sorted(set(places))
    assert bool(found) == any(not pictured(word) for word in given_words.folded)
    for sentence in found:
        assert sentence.folded == tuple(given_words.folded[place] for place in sentence.places)
        assert (sentence.start, sentence.end) == (
            given_words.start(sentence.places[0]),
            given_words.end(sentence.places[-1]),
        )


@given(st.lists(st.sampled_from(["he fell", "hi rex ran", "call me", "is it ok 😭"]), unique=True))
def test_sentences_are_the_same_in_any_order(texts: list[str]) -> None:
    assert sorted(read(". ".join(texts))) == sorted(read(". ".join(reversed(texts))))
