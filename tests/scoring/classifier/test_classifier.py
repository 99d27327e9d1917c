"""When the encoder is asked, what is told as evidence, and what comes with the checkout."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from channels.contact import Medium
from scoring.classifier.asked import Asked
from scoring.classifier.classifier import FILES, HERE, MOST, Classifier, Opinion, load_classifier
from scoring.model import Severity
from tests.scoring.classifier.models import RULES_SILENT, decisions, linear, nearby, said
from tests.scoring.contacts import ruled

MODEL = linear(bleeding=3, heavily=2, trembling=0.05, thanks=-3)
LARGEST = 20_000_000


def encode(text: str) -> NDArray[np.float32]:
    return np.array([0, 0, 0, 1], dtype=np.float32)


def classifier(asked: Asked) -> Classifier:
    if asked is Asked.NEVER:
        return Classifier(MODEL, decisions(), None, None, asked, "made-up")
    return Classifier(MODEL, decisions(), nearby(), encode, asked, "made-up")


def opinion(text: str, asked: Asked = Asked.UNSURE, rules: str | None = None) -> Opinion:
    found = RULES_SILENT if rules is None else ruled(rules)
    return classifier(asked).opinion(text, said(text), found, Medium.SMS)


def test_the_encoder_is_asked_always_or_never() -> None:
    assert opinion("thanks", Asked.ALWAYS).encoded
    assert not opinion("trembling", Asked.NEVER).encoded


def test_unsure_it_is_asked_where_no_level_is_likely() -> None:
    assert opinion("trembling").encoded
    assert not opinion("thanks").encoded


def test_unsure_it_is_asked_where_only_the_words_seem_urgent() -> None:
    assert opinion("bleeding").encoded
    assert not opinion("bleeding", rules="he is bleeding heavily").encoded


def test_the_words_that_spoke_most_are_told_the_loudest_first() -> None:
    found = opinion("rex was trembling and bleeding heavily")
    assert found.judged.severity is Severity.S1
    assert [place for place, _ in found.words] == [4, 5, 2]
    assert len(found.words) == MOST
    amounts = [amount for _, amount in found.words]
    assert amounts == sorted(amounts, reverse=True)


def test_the_most_urgent_sentence_is_told() -> None:
    assert opinion("thanks. he is bleeding. ok").at == 1


def test_without_the_encoder_nothing_is_near() -> None:
    with pytest.raises(ValueError, match="isn't loaded"):
        classifier(Asked.NEVER).near("x", said("x"), None)  # type: ignore[arg-type]


def test_the_version_is_of_the_files_and_of_when_the_encoder_is_asked() -> None:
    never, always = load_classifier(Asked.NEVER), load_classifier(Asked.ALWAYS)
    assert never.version.removesuffix("never") == always.version.removesuffix("always")
    assert never.encode is None
    assert load_classifier(Asked.NEVER) is never


def test_the_stored_models_are_small() -> None:
    assert sum((HERE / name).stat().st_size for name in FILES) < LARGEST
