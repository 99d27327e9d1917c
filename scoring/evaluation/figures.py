"""The figures that have names: those that a team sets a limit to, and that have confidence intervals.

A figure is None where the rows say nothing about it (no S1 among them, no language labelled).
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.evaluation.calibration import of_confidence
from scoring.evaluation.judged import Judged, share
from scoring.evaluation.levels import accuracy, confusion, level, macro_f1
from scoring.model import Severity

Figures = dict[str, float | None]


def figures(rows: Sequence[Judged]) -> Figures:
    """By name, in the order in which they are shown. All are shares but `s1-as-s4`, a number of rows."""
    counts = confusion((row.given, row.got) for row in rows)
    found: Figures = {}
    for each in Severity:
        one = level(counts, each)
        name = each.value.lower()
        found |= {f"{name}-recall": one.recall, f"{name}-precision": one.precision, f"{name}-f1": one.f1}
    return {
        **found,
        "macro-f1": macro_f1(counts),
        "accuracy": accuracy(counts),
        "s1-as-s4": float(counts[Severity.S1, Severity.S4]),
        "skill": share(row.skill_right for row in rows),
        "language": share(row.language_right for row in rows),
        "calibration": of_confidence(rows).error,
    }


NAMES = tuple(figures(()))
