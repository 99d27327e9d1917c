"""What a team demands of its figures."""

from __future__ import annotations

import pytest

from scoring.evaluation.limits import BadLimit, read

NAMES = ("s1-recall", "calibration")


def failed(text: str, value: float | None, *, least: bool = True) -> str | None:
    return read(text, NAMES, least=least).failed({text.partition("=")[0]: value})


def test_a_figure_is_held_to_its_limit() -> None:
    assert failed("s1-recall=0.97", 0.97) is None
    assert failed("s1-recall=0.97", 0.9667) == "s1-recall is 0.9667, expected at least 0.97"
    assert failed("calibration=.05", 0.05, least=False) is None
    assert failed("calibration=.05", 0.061, least=False) == "calibration is 0.061, expected at most 0.05"


def test_a_figure_that_the_rows_say_nothing_about_does_not_pass() -> None:
    assert failed("calibration=1", None, least=False) == "calibration: the rows say nothing about it"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("recall=1", "there is no figure 'recall'; there are s1-recall, calibration"),
        ("s1-recall", "s1-recall: expected a number after =, as in s1-recall=0.9"),
        ("s1-recall=high", "s1-recall: expected a number"),
        ("s1-recall=nan", "s1-recall: expected a number"),
    ],
)
def test_what_is_no_limit_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadLimit) as refused:
        read(text, NAMES, least=True)
    assert str(refused.value).startswith(sentence)
