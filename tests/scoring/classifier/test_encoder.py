"""The encoder reads the part that matters, in an order of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.classifier.encoder import CHARACTERS, excerpt, load_encoder

SAID = st.lists(st.tuples(st.text(max_size=200), st.floats(-5, 5)), max_size=20)


def test_the_most_urgent_sentences_are_read_the_longest_first() -> None:
    assert excerpt(["thanks", "he is not breathing", "x" * CHARACTERS], [0, 2, -1])[:30] == "x" * 30
    assert excerpt(["thanks", "he is not breathing"], [0, 2]) == "he is not breathing. thanks"


def test_one_urgent_sentence_of_a_long_mail_is_read() -> None:
    mail = ["we had such a lovely walk today"] * 500
    assert "he is not breathing" in excerpt([*mail, "he is not breathing", *mail], [0.0] * 500 + [1.0] + [0.0] * 500)


@given(SAID)
def test_it_is_never_much_longer_than_it_may_be_and_its_order_is_its_own(given_said: list[tuple[str, float]]) -> None:
    written, urgency = [each for each, _ in given_said], [each for _, each in given_said]
    found = excerpt(written, urgency)
    assert len(found) <= CHARACTERS + 2
    assert found == excerpt(written[::-1], urgency[::-1])
    assert bool(found) == any(written)


def test_the_same_meaning_is_near_in_two_languages() -> None:
    encode = load_encoder()
    dog, perro, card = map(encode, ("my dog is not breathing", "mi perro no respira", "where is my new card"))
    assert np.linalg.norm(dog) == pytest.approx(1, abs=1e-3)
    assert dog @ perro > dog @ card + 0.2
    assert encode("mi perro no respira").tolist() == perro.tolist()
