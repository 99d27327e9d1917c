from __future__ import annotations

import numpy as np
import pytest

from channels.contact import Medium
from scoring.classifier.reading import LEVELS, OUTPUTS, features, read
from scoring.model import Severity
from tests.scoring.classifier.models import FIGURES, RULES_SILENT, linear, said
from tests.scoring.contacts import ruled

MODEL = linear(bleeding=3, thanks=-2)


def test_the_most_urgent_sentence_stands_beside_the_whole() -> None:
    found = read(MODEL, said("Thanks for today. He is bleeding. See you"))
    assert found.at == 1
    assert found.worst[0] == pytest.approx(3)
    assert found.whole[0] < found.worst[0]
    assert found.urgency[1] == max(found.urgency)


def test_a_single_sentence_is_its_own_worst() -> None:
    found = read(MODEL, said("he is bleeding"))
    assert found.worst.tolist() == found.whole.tolist()


def test_without_sentences_there_is_nothing_to_read() -> None:
    with pytest.raises(ValueError, match="empty"):
        read(MODEL, ())


def test_figures_have_one_length_and_grow_by_the_encoders() -> None:
    found = read(MODEL, said("he is bleeding"))
    assert features(found, None, RULES_SILENT, Medium.SMS).shape == (FIGURES,)
    assert features(found, np.zeros(OUTPUTS, np.float32), RULES_SILENT, Medium.SMS).shape == (FIGURES + OUTPUTS,)


def test_the_order_of_sentences_moves_no_figure() -> None:
    one, other = (read(MODEL, said(text)) for text in ("thanks. he is bleeding. ok", "ok. thanks. he is bleeding"))
    assert features(one, None, RULES_SILENT, Medium.SMS) == pytest.approx(
        features(other, None, RULES_SILENT, Medium.SMS)
    )


def test_what_the_rules_found_and_how_it_came_are_told() -> None:
    found = read(MODEL, said("he is bleeding"))

    def told(text: str, medium: Medium = Medium.SMS) -> list[float]:
        return list(map(float, features(found, None, ruled(text, medium=medium), medium)[2 * OUTPUTS :]))

    assert told("he is not breathing")[: len(LEVELS)] == [1, 0, 0, 0]
    assert ruled("he is not breathing").severity is Severity.S1
    assert told("the purple umbrella of my aunt")[: 2 * len(LEVELS)] == [0] * 8
    assert told("he is not bleeding") != told("he is bleeding heavily")
    assert told("he fell", Medium.SMS) != told("he fell", Medium.CALL) != told("he fell", Medium.EMAIL)
