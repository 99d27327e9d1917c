"""The labelled messages beside the checkout: floors that are reached with some margin, so that none is lost unseen."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from channels.contact import Medium
from scoring.model import Assessment, Severity
from tests.scoring.contacts import scored
from tests.shared import SHARED, needs_shared

MEDIA = {"sms": Medium.SMS, "email": Medium.EMAIL, "call": Medium.CALL}


@lru_cache
def judged() -> list[tuple[dict[str, str], Assessment]]:
    lines = (SHARED / "data" / "severity_dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        (row, scored(row["text"], subject=row["subject"], medium=MEDIA.get(row["channel"], Medium.TICKET)))
        for row in rows
    ]


def recall(severity: Severity) -> float:
    wanted = [found for row, found in judged() if row["severity"] == severity]
    return sum(found.severity is severity for found in wanted) / len(wanted)


def precision(severity: Severity) -> float:
    named = [row for row, found in judged() if found.severity is severity]
    return sum(row["severity"] == severity for row in named) / max(1, len(named))


@needs_shared
def test_most_emergencies_are_s1() -> None:
    assert recall(Severity.S1) >= 0.86
    assert precision(Severity.S1) >= 0.86


@needs_shared
@pytest.mark.parametrize("severity", list(Severity))
def test_no_level_is_lost(severity: Severity) -> None:
    assert recall(severity) >= 0.8


@needs_shared
def test_the_levels_are_told_apart() -> None:
    scores = []
    for severity in Severity:
        a, b = recall(severity), precision(severity)
        scores.append(2 * a * b / max(1e-9, a + b))
    assert sum(scores) / len(scores) >= 0.86


@needs_shared
def test_most_go_to_their_skill() -> None:
    assert sum(row["skill"] == found.skill for row, found in judged()) / len(judged()) >= 0.83


@needs_shared
def test_the_language_is_told() -> None:
    assert sum(found.languages[:1] == (row["lang"],) for row, found in judged()) / len(judged()) >= 0.95
