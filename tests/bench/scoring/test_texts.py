"""The benchmark's texts are what they are called, and the same in every run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.scoring.texts import HOSTILE, SMS_CHARACTERS, dense, mail, messages
from channels.contact import Contact
from scoring.assess import assess

LONG: dict[str, Callable[[int], Contact]] = {"mail": mail, **HOSTILE}


def test_text_messages_are_of_their_length_and_many() -> None:
    assert max(len(one.text) for one in dense(50)) <= SMS_CHARACTERS
    assert len({one.text for one in messages(200)}) > 100


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_has_its_size_and_is_always_the_same(name: str) -> None:
    made = LONG[name](8_000)
    assert 7_500 <= len(made.text.encode()) <= 8_100
    assert made == LONG[name](8_000)


def test_a_hostile_text_gives_the_rules_something_to_do() -> None:
    assert assess(HOSTILE["scopes everywhere"](8_000)).evidence
