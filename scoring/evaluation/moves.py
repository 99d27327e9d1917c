"""What a change of rules moves: the rows whose level or skill isn't what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from channels.contact import Contact
from scoring.assess import assess
from scoring.evaluation.rows import Row, contact
from scoring.model import MODEL, Assessment, Effect, Severity
from scoring.rules import Rules, under


@dataclass(frozen=True)
class Move:
    """One row before and after. by: what speaks now and didn't, or not so; without: what no longer does.

    "S1 lost.escaped", or "S1 lost.escaped (past)" where a scope spoke on it.
    """

    row: Row
    before: Assessment
    after: Assessment

    @property
    def raised(self) -> bool:
        return self.after.severity < self.before.severity

    @property
    def lowered(self) -> bool:
        return self.after.severity > self.before.severity

    @property
    def by(self) -> tuple[str, ...]:
        return _spoke(self.after, self.before)

    @property
    def without(self) -> tuple[str, ...]:
        return _spoke(self.before, self.after)

    @property
    def better(self) -> bool | None:
        """Whether the level is right now and wasn't; None where neither is, or the row has no label."""
        label = self.row.severity
        if label is None or (label is self.before.severity) is (label is self.after.severity):
            return None
        return label is self.after.severity


def moves(
    rows: Iterable[Row], before: Rules, after: Rules, judge: Callable[[Contact], Assessment] = assess
) -> Iterator[Move | None]:
    """For each row its move; None where level and skill stay. judge: the end result, or `by_rules`."""
    for row in rows:
        told = contact(row)
        with under(before):
            was = judge(told)
        with under(after):
            now = judge(told)
        changed = (was.severity, was.skill) != (now.severity, now.skill)
        yield Move(row, was, now) if changed else None


def _spoke(here: Assessment, there: Assessment) -> tuple[str, ...]:
    """What spoke here and not so there."""
    silent = set(_named(there))
    return tuple(name for name in dict.fromkeys(_named(here)) if name not in silent)


def _named(assessment: Assessment) -> Iterator[str]:
    """Each rule with its level, and with the scope that spoke on it; what the model says follows of that."""
    for each in assessment.evidence:
        if each.rule.startswith(MODEL):
            continue
        level = f"{each.severity} " if each.severity else ""
        scope = f" ({each.scope})" if each.effect is Effect.LOWERS and each.scope else ""
        yield f"{level}{each.rule}{scope}"


def levels(found: Iterable[Move]) -> dict[tuple[Severity, Severity], int]:
    """How many rows went from which level to which other."""
    counts: dict[tuple[Severity, Severity], int] = {}
    for move in found:
        if move.raised or move.lowered:
            pair = (move.before.severity, move.after.severity)
            counts[pair] = counts.get(pair, 0) + 1
    return dict(sorted(counts.items()))
