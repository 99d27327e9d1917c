"""What `router evaluate --json` prints. Pure; texts only where revealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from router.cli.looks import one_line
from scoring.evaluation.calibration import Calibration
from scoring.evaluation.figures import Figures
from scoring.evaluation.ordinary import Ordinary
from scoring.evaluation.report import Group, Report
from scoring.model import Severity

FIRST = 80


def report_as_json(found: Report, unreached: Sequence[str], *, reveal: bool) -> dict[str, Any]:
    return {
        "version": found.version,
        "rows": found.rows,
        "figures": {
            name: {"value": value, "interval": found.intervals.get(name)} for name, value in found.figures.items()
        },
        "levels": {
            each.level.value: {
                "precision": each.precision,
                "recall": each.recall,
                "f1": each.f1,
                "support": each.support,
                "named": each.named,
            }
            for each in found.levels
        },
        "confusion": {given.value: {got.value: found.confusion[given, got] for got in Severity} for given in Severity},
        "missed": [
            {"id": row.id, "got": row.got.value, **({"text": one_line(row.text)[:FIRST]} if reveal else {})}
            for row in found.missed
        ],
        "skills": [{"given": each.given.value, "got": each.got.value, "count": each.count} for each in found.mixed],
        "calibration": {
            "confidence": _calibration(found.confidence),
            **{level.value: _calibration(each) for level, each in found.calibrations.items()},
        },
        "languages": {group.name: _group(group) for group in found.languages},
        "channels": {group.name: _group(group) for group in found.channels},
        "intervals": {"share": 0.95, "seed": found.seed, "rounds": found.rounds},
        "unreached": list(unreached),
    }


def ordinary_as_json(found: Ordinary, unreached: Sequence[str], *, reveal: bool) -> dict[str, Any]:
    return {
        "version": found.version,
        "texts": found.texts,
        "figures": found.figures,
        "levels": {level.value: found.levels[level] for level in Severity},
        "rules": dict(found.rules.most_common()),
        "alarms": [
            {
                "number": alarm.number,
                "severity": alarm.severity.value,
                "rules": list(alarm.rules),
                **({"text": one_line(alarm.text)[:FIRST]} if reveal else {}),
            }
            for alarm in found.alarms
        ],
        "unreached": list(unreached),
    }


def _calibration(found: Calibration) -> dict[str, Any]:
    return {"error": found.error, "bins": [asdict(each) for each in found.bins]}


def _group(group: Group) -> dict[str, Any]:
    figures: Figures = group.figures
    return {"rows": group.count, "s1": group.emergencies, **figures}
