"""A word's languages come from what is said around it, never from a greeting, a signature or emoji."""

from __future__ import annotations

import pytest

from scoring.classifier.sentences import closing, sentences
from scoring.surroundings import WINDOW, Surroundings
from scoring.text import Words, words

FRENCH = "Le chat ne mange plus rien depuis hier soir et je ne sais pas quoi faire."
GERMAN = "Der Hund liegt seit gestern Abend nur noch auf dem Boden und frisst nicht."


def surroundings(text: str) -> tuple[Surroundings, Words]:
    read = words(text)
    return Surroundings(text, sentences(read, closing(text, read))), read


def languages_at(text: str, word: str) -> frozenset[str] | None:
    around, read = surroundings(text)
    return around.of(read.folded.index(word))


@pytest.mark.parametrize(
    "text",
    [
        f"Hello there! {FRENCH}",
        f"Guten Tag,\n\n{FRENCH}",
        f"🙏🙏🙏🙏🙏🙏🙏🙏🙏🙏🙏🙏🙏 {FRENCH}",
        f"{FRENCH}\n\nMet vriendelijke groet,\nSanne",
    ],
)
def test_greeting_signature_and_emoji_change_no_words_languages(text: str) -> None:
    assert languages_at(text, "mange") == languages_at(FRENCH, "mange")


def test_each_part_of_a_mixed_text_has_its_own() -> None:
    mixed = f"{FRENCH} {FRENCH} {GERMAN} {GERMAN}"
    assert languages_at(mixed, "mange") == frozenset({"fr"})
    assert languages_at(mixed, "frisst") == frozenset({"de"})


def test_a_sentence_tells_its_own_languages() -> None:
    around, read = surroundings("Thank you for the photos of yesterday. " * 20 + GERMAN)
    assert around.of_sentence(read.folded.index("hund")) == frozenset({"de"})


def test_what_can_not_be_told_may_be_in_any() -> None:
    assert languages_at("ok 15 g", "ok") is None


def test_words_of_a_greeting_are_known_whatever_stands_before_them() -> None:
    around, read = surroundings(f"Rex again!\n\nBonjour,\n\n{FRENCH}\n\nCordialement,\nZoé")
    assert [read.folded[word] for word in range(len(read)) if around.greets(word)] == ["bonjour"]


def test_every_word_of_a_text_has_an_answer() -> None:
    text = f"Hi all,\n{FRENCH} 😭 {GERMAN}\n\n{'so ' * 2 * WINDOW}\n\nThanks,\nAnn"
    around, read = surroundings(text)
    assert {around.of(word) for word in range(len(read))} > {None}
    assert {around.of_sentence(word) for word in range(len(read))} > {None}
    assert {around.greets(word) for word in range(len(read))} == {True, False}
