"""Figures that can be worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.levels import accuracy, confusion, level, macro_f1
from scoring.model import Severity

S1, S2, S3, S4 = Severity
PAIRS = st.lists(st.tuples(st.sampled_from(Severity), st.sampled_from(Severity)), min_size=1)


def test_precision_recall_and_f1_of_a_level() -> None:
    found = level(confusion([(S1, S1), (S1, S1), (S1, S2), (S3, S1), (S4, S4)]), S1)
    assert (found.support, found.named, found.hits) == (3, 3, 2)
    assert found.precision == found.recall == found.f1 == pytest.approx(2 / 3)


def test_a_level_that_nobody_speaks_of_has_no_figures_and_no_part_in_the_mean() -> None:
    counts = confusion([(S1, S1), (S4, S4), (S4, S1)])
    assert (level(counts, S2).precision, level(counts, S2).recall, level(counts, S2).f1) == (None, None, None)
    assert macro_f1(counts) == pytest.approx(2 / 3)


def test_a_level_that_is_only_ever_named_wrongly_pulls_the_mean_down() -> None:
    assert macro_f1(confusion([(S1, S1), (S1, S2)])) == pytest.approx((2 / 3 + 0) / 2)


def test_of_no_rows_nothing_is_said() -> None:
    assert accuracy(confusion([])) is None
    assert macro_f1(confusion([])) is None


@given(PAIRS)
def test_levels_add_up_to_the_rows(pairs: list[tuple[Severity, Severity]]) -> None:
    counts = confusion(pairs)
    levels = [level(counts, each) for each in Severity]
    assert sum(each.support for each in levels) == sum(each.named for each in levels) == len(pairs)
    assert accuracy(counts) == sum(each.hits for each in levels) / len(pairs)
    assert 0 <= (macro_f1(counts) or 0) <= 1
