"""Labelled messages that nothing has learned from: those beside the checkout, and those that only measure here.

Floors of what is reached, so that none is lost unseen.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from scoring.assess import assess
from scoring.evaluation.calibration import calibration
from scoring.evaluation.figures import Figures, figures
from scoring.evaluation.judged import LEVELS, Judged
from scoring.evaluation.rows import contact, read
from scoring.model import Severity
from tests.shared import SHARED, needs_shared
from training.rows import HERE

DEV = SHARED / "data" / "severity_dev.jsonl"
UNSEEN = ("aside", "genres", "inbox")


@lru_cache
def judged(*files: Path) -> tuple[Judged, ...]:
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    found = [row for number, line in enumerate(lines, 1) if (row := read(number, line, labelled=True))]
    return tuple(Judged.of(row, assess(contact(row))) for row in found)


@lru_cache
def dev() -> Figures:
    return figures(judged(DEV))


def unseen(*names: str) -> tuple[Judged, ...]:
    return judged(*(file for name in names for file in sorted((HERE / "judged" / name).glob("*.jsonl"))))


@needs_shared
@pytest.mark.parametrize(
    ("figure", "least"),
    [("s1-recall", 0.97), ("s1-precision", 0.75), ("macro-f1", 0.85), ("skill", 0.85), ("language", 0.95)],
)
def test_messages_beside_the_checkout_are_judged_as_promised(figure: str, least: float) -> None:
    assert (dev()[figure] or 0) >= least


@needs_shared
def test_no_emergency_beside_the_checkout_is_s4() -> None:
    assert dev()["s1-as-s4"] == 0


@needs_shared
@pytest.mark.parametrize("severity", list(Severity))
def test_no_level_is_lost(severity: Severity) -> None:
    assert (dev()[f"{severity.lower()}-recall"] or 0) >= 0.7


@pytest.mark.parametrize(
    ("name", "figure", "least"),
    [
        *(("aside", "s1-recall", 0.9), ("aside", "macro-f1", 0.85), ("aside", "skill", 0.82)),
        *(("genres", "s1-recall", 0.95), ("genres", "macro-f1", 0.84), ("genres", "skill", 0.85)),
        *(("inbox", "s1-recall", 0.95), ("inbox", "macro-f1", 0.9), ("inbox", "skill", 0.9)),
    ],
)
def test_messages_that_only_measure_are_judged_as_well(name: str, figure: str, least: float) -> None:
    assert (figures(unseen(name))[figure] or 0) >= least


@pytest.mark.parametrize("name", UNSEEN)
def test_no_emergency_among_them_is_s4(name: str) -> None:
    assert figures(unseen(name))["s1-as-s4"] == 0


@pytest.mark.parametrize("names", [("aside",), UNSEEN], ids=["aside", "all"])
def test_probabilities_hold_what_they_say(names: tuple[str, ...]) -> None:
    """Expected calibration error of the likeliest level."""
    told = [row for row in unseen(*names) if row.probabilities]
    likeliest = [LEVELS[row.probabilities.index(max(row.probabilities))] for row in told]
    error = calibration(
        (max(row.probabilities), level is row.given) for row, level in zip(told, likeliest, strict=True)
    ).error
    assert error is not None
    assert error <= 0.05
