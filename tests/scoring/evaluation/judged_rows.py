"""Rows that are judged already."""

from __future__ import annotations

from scoring.evaluation.judged import Judged
from scoring.model import Severity


def judged(given: str, got: str, *probabilities: float, number: int = 0) -> Judged:
    return Judged(id=f"r{number}", given=Severity(given), got=Severity(got), probabilities=probabilities, channel="sms")


def many(*pairs: str) -> list[Judged]:
    """Of "S1S2": labelled S1, judged S2."""
    return [judged(pair[:2], pair[2:], number=number) for number, pair in enumerate(pairs)]
