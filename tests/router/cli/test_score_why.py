"""Why, in a sentence that holds."""

from __future__ import annotations

import pytest

from channels.contact import Medium
from router.cli.score_why import why
from scoring.assess import assess
from scoring.model import Severity
from tests.scoring.contacts import contact, scored


def test_a_floor_is_told_with_its_rule() -> None:
    assert why(scored("my cat is not breathing")).startswith("S1 by vet.airway-breathing. It is a floor")


def test_what_would_have_said_more_is_told_with_the_scope_that_spoke() -> None:
    said = scored("What happens if a dog is not breathing when I arrive?")
    assert "vet.airway-breathing would have said S1" in why(said)
    assert "hypothesis" in why(said)


def test_that_it_is_over_is_told() -> None:
    assert "It says that it is over." in why(scored("found her, all good. She had escaped this morning"))


def test_a_call_without_words_is_told() -> None:
    assert "without words" in why(assess(contact(medium=Medium.CALL)))


@pytest.mark.parametrize("level", list(Severity))
def test_without_a_rule_the_default_or_the_model_is_named(level: Severity) -> None:
    bare = scored("zzz zzz").model_copy(update={"severity": level, "evidence": (), "probabilities": ()})
    assert why(bare).startswith("No rule speaks")
    judged = bare.model_copy(update={"probabilities": (0.3, 0.3, 0.2, 0.2)})
    assert why(judged).startswith(f"No rule says {level}: the model does")
    assert "unsure" in why(judged)
