"""Which hits count: in the languages that are spoken, and only what speaks on something."""

from __future__ import annotations

from scoring.classifier.sentences import closing, sentences
from scoring.hits import hits
from scoring.rules import load_rules
from scoring.surroundings import Surroundings
from scoring.text import words

CRY = "Der Hund atmet nicht mehr und bewegt sich nicht."


def said(text: str, *spoken: str) -> set[str]:
    rules, read = load_rules(), words(text)
    found = hits(rules, read, spoken, Surroundings(text, sentences(read, closing(text, read))))
    return {rules.entries[hit.rule].what.id for hit in found}


def test_scopes_that_have_nothing_to_speak_on_are_left_out() -> None:
    assert said("we do not need a key, not today", "en") == set()
    assert any(name.startswith("negation") for name in said("she is not bleeding", "en"))


def test_a_cry_in_another_language_is_heard_in_its_own_sentence() -> None:
    mail = "Thank you for the photos of yesterday. " * 20 + CRY
    assert said(mail, "en") & said(CRY, "de")


def test_words_of_a_greeting_make_nothing_milder() -> None:
    told = said("Good morning all,\nGood morning, he is not breathing", "en")
    assert not any(name.startswith("resolution") for name in told)
    assert any(name.startswith("resolution") for name in said("He choked, but all good now", "en"))
