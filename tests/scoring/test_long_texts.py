"""An emergency in a long mail is found wherever it stands: the rules read all of it, and length lowers nothing."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.scoring.texts import SENTENCES
from channels.contact import Medium
from scoring.assess import assess, by_rules
from scoring.classifier.asked import Asked
from scoring.model import Severity
from tests.scoring.contacts import contact

KB = 1024
CRIES = (
    "My dog is not breathing.",
    "He bit my daughter in the face and she is bleeding heavily.",
    "Mein Hund hat Rattengift gefressen!",
    "Le chien ne respire plus.",
    "Mi perro está convulsionando ahora mismo.",
)
PLACES = st.floats(0, 1)


@lru_cache
def calm(size: int) -> tuple[str, ...]:
    count = size // (sum(map(len, SENTENCES)) // len(SENTENCES) + 1)
    return tuple(SENTENCES[number % len(SENTENCES)] for number in range(count))


def with_cry(cry: str, place: float, size: int) -> str:
    around = calm(size)
    at = int(place * len(around))
    return " ".join((*around[:at], cry, *around[at:]))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CRIES), PLACES)
def test_rules_find_an_emergency_anywhere_in_100_kb(cry: str, place: float) -> None:
    told = contact(with_cry(cry, place, 100 * KB), medium=Medium.EMAIL)
    found = by_rules(told)
    assert found.floor
    assert found.severity is Severity.S1
    first = found.evidence[0]
    assert told.text[first.start : first.end] in cry


@pytest.mark.parametrize("asked", [Asked.NEVER, Asked.UNSURE])
def test_a_long_mail_around_it_does_not_lower_an_s1(asked: Asked) -> None:
    @settings(max_examples=12, deadline=None)
    @given(st.sampled_from(CRIES), PLACES, st.sampled_from((1, 10, 100)))
    def holds(cry: str, place: float, size: int) -> None:
        assert assess(contact(cry), asked).severity is Severity.S1
        told = contact(with_cry(cry, place, size * KB), medium=Medium.EMAIL)
        assert assess(told, asked).severity is Severity.S1

    holds()
