from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.spelling import keys_of

KNOWN = {word: (word,) for word in ("bleeding", "seizure", "chocolate", "breathing", "shot", "uberfahren")}
keys = keys_of(
    {**KNOWN, "puppy": ("puppy", "<animal@en")},
    frozenset({"vomit", "blee"}),
    frozenset({"bleeding", "seizure", "chocolate", "breathing"}),
    frozenset({"breathin"}),
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("siezure", "seizure"),  # two swapped
        ("seizur", "seizure"),  # one missing
        ("seizzure", "seizure"),  # one too many
        ("choclate", "chocolate"),
        ("chocolete", "chocolate"),  # another vowel
        ("breathhing", "breathing"),
        ("seizureeee", "seizure"),  # held down
        ("ueberfahren", "uberfahren"),  # umlaut spelled out
    ],
)
def test_one_slip_leads_to_the_known_word(written: str, meant: str) -> None:
    assert keys(written) == (meant,)


@pytest.mark.parametrize("written", ["shit", "shoot", "breathin", "choc", "xseizurex", "uberfahron", "", "😂"])
def test_words_that_are_not_listed_or_right_as_they_are_stay_themselves(written: str) -> None:
    assert keys(written) == ()


def test_a_word_has_its_own_key_its_class_and_its_beginnings() -> None:
    assert keys("puppy") == ("puppy", "<animal@en")
    assert keys("vomiting") == ("vomit*",)
    assert keys("bleeding") == ("bleeding", "blee*")
    assert keys("bleedng") == ("blee*", "bleeding")


@given(st.text(max_size=30))
def test_any_word_has_keys_of_known_words_or_none(word: str) -> None:
    assert set(keys(word)) <= {*KNOWN, "puppy", "<animal@en", "vomit*", "blee*"}
