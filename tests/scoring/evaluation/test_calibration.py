"""Whether probabilities say what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.calibration import calibration, of_confidence, of_level
from scoring.model import Severity
from tests.scoring.evaluation.judged_rows import judged, many

SAID = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1)


def test_what_comes_true_as_often_as_it_says_has_no_error() -> None:
    assert calibration([(0.25, True), *[(0.25, False)] * 3]).error == pytest.approx(0)


def test_the_error_is_the_distance_weighed_by_rows() -> None:
    found = calibration([(0.95, True), (0.95, True), (0.95, False), (0.05, True)])
    assert found.error == pytest.approx(0.75 * abs(0.95 - 2 / 3) + 0.25 * 0.95)
    assert [each.count for each in found.bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]


def test_rows_without_probabilities_say_nothing() -> None:
    assert of_confidence(many("S1S1", "S4S3")).error is None
    assert of_level(many("S1S1"), Severity.S1).error is None


def test_confidence_is_the_probability_of_the_level_given_not_of_the_likeliest() -> None:
    found = of_confidence([judged("S1", "S1", 0.3, 0.6, 0.1, 0.0)])
    assert found.bins[3].count == 1
    assert found.error == pytest.approx(0.7)


def test_a_level_is_compared_with_the_rest() -> None:
    rows = [judged("S1", "S1", 0.8, 0.2, 0.0, 0.0), judged("S2", "S1", 0.8, 0.2, 0.0, 0.0)]
    assert of_level(rows, Severity.S1).error == pytest.approx(0.3)
    assert of_level(rows, Severity.S4).error == pytest.approx(0)


@given(SAID)
def test_every_row_is_in_one_bin_and_the_error_is_a_share(said: list[tuple[float, bool]]) -> None:
    found = calibration(said)
    assert sum(each.count for each in found.bins) == len(said)
    assert 0 <= (found.error or 0) <= 1
    for each in found.bins:
        assert each.mean is None or each.low - 1e-9 <= each.mean <= each.high + 1e-9
