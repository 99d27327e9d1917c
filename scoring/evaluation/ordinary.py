"""Texts of everyday life, without labels: how many are called urgent, and by which rules.

They are the questions that people ask a bank or an assistant; hardly any is an emergency, so each S1 and S2 among
them is most likely a false alarm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.evaluation.figures import Figures
from scoring.model import Assessment, Effect, Severity

NAMES = ("urgent", "s1")
NO_RULE = "no rule"


@dataclass(frozen=True)
class Alarm:
    """A text that was called S1 or S2. rules: that raised it so, or NO_RULE where something else did."""

    number: int
    text: str
    severity: Severity
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Ordinary:
    """texts: how many there are. levels: of each level. rules: by how many alarms they had a part in."""

    version: str
    texts: int
    levels: Counter[Severity]
    rules: Counter[str]
    alarms: tuple[Alarm, ...]

    @property
    def figures(self) -> Figures:
        """`urgent`: the share called S1 or S2; `s1`: called S1."""
        if not self.texts:
            return dict.fromkeys(NAMES)
        return {"urgent": len(self.alarms) / self.texts, "s1": self.levels[Severity.S1] / self.texts}


def ordinary(judged: Iterable[tuple[str, Assessment]]) -> Ordinary:
    levels: Counter[Severity] = Counter()
    rules: Counter[str] = Counter()
    alarms: list[Alarm] = []
    version = ""
    for number, (text, assessment) in enumerate(judged, start=1):
        version = assessment.version
        levels[assessment.severity] += 1
        if assessment.severity <= Severity.S2:
            alarm = Alarm(number, text, assessment.severity, _rules(assessment))
            alarms.append(alarm)
            rules.update(alarm.rules)
    return Ordinary(version, levels.total(), levels, rules, tuple(alarms))


def _rules(assessment: Assessment) -> tuple[str, ...]:
    raising = (
        each.rule
        for each in assessment.evidence
        if each.effect is Effect.RAISES and each.severity is not None and each.severity <= assessment.severity
    )
    return tuple(dict.fromkeys(raising)) or (NO_RULE,)
