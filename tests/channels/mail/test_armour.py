from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.armour import END, SIGNATURE, SIGNED, without

SIGNATURE_LINES = f"{SIGNATURE}\nVersion: Example 1\n\niQEzBAEB+/==\n=abcd\n{END}"


def test_what_was_signed_is_left() -> None:
    text = f"Hi\n{SIGNED}\nHash: SHA256\n\nHe bleeds.\n\n- - since noon\n{SIGNATURE_LINES}\nBye"
    assert without(text) == "Hi\nHe bleeds.\n\n- since noon\nBye"


@pytest.mark.parametrize(
    "text",
    [
        "no armour",
        f"{SIGNATURE_LINES}",
        "-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----",
        f"in a line {SIGNED}\nx",
    ],
)
def test_what_isnt_signed_text_stays(text: str) -> None:
    assert without(text) == text


def test_words_in_the_place_of_a_signature_stay() -> None:
    for words in (f"{SIGNATURE}\nmy dog is dying\n{END}", f"{SIGNATURE}\niQEz", "my dog is dying"):
        assert words.split("\n")[1:][:1] == [] or words.split("\n")[1] in without(f"{SIGNED}\n\nx\n{words}")
    assert "my dog is dying" in without(f"{SIGNED}\nmy dog is dying\n{SIGNATURE_LINES}")


LINES = [SIGNED, SIGNATURE, END, "Hash: SHA256", "", "iQEz", "- dash", "he is dying", "he bleeds!"]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_no_sentence_is_lost(lines: list[str]) -> None:
    left = without("\n".join(lines)).split("\n")
    for sentence in ("he is dying", "he bleeds!"):
        assert left.count(sentence) == lines.count(sentence)
