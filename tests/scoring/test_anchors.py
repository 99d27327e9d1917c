"""What may begin in a sentence, asked of its words alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.anchors import anchors
from scoring.patterns import Row
from tests.scoring.test_matcher import EDGED, WORD, ends


@settings(max_examples=200)
@given(st.lists(EDGED, min_size=1, max_size=4), st.lists(WORD, max_size=9))
def test_no_match_is_overlooked(rows: list[Row], text: list[str]) -> None:
    begun = {text[at] for row in rows for at in range(len(text)) if any(ends(row, text, at))}
    assert begun <= anchors(rows).beginnings(set(text))


def test_a_sentence_that_lacks_a_needed_word_is_passed_over() -> None:
    found = anchors([("not", "breathing"), ("hit", 4, "car")])
    assert found.beginnings({"she", "is", "not", "here"}) == set()
    assert found.beginnings({"is", "not", "breathing"}) == {"not"}
    assert found.longest == 6
