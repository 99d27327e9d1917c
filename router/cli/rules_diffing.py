"""What `router rules diff` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.cli import looks
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.rules_folder import rules_in
from router.cli.score_lines import Skipped, count, read
from router.cli.score_progress import shown
from scoring.evaluation.moves import Move, levels, moves
from scoring.evaluation.rows import Row
from scoring.model import Assessment
from scoring.rules import Rules

FIRST = 60


def diff(
    before: Path, after: Path | None, files: Sequence[Path], limit: int, *, reveal: bool, skip_bad: bool, as_json: bool
) -> None:
    """Raises BadRules, BadLine, OSError."""
    old, new = rules_in(before), rules_in(after)
    skipped = Skipped(skip=skip_bad)
    totals = [count(file) for file in files]
    total = None if None in totals else sum(each for each in totals if each is not None)
    rows = 0
    found: list[Move] = []
    for move in moves(shown(_rows(files, skipped), total, "scoring twice"), old, new):
        rows += 1
        if move is not None:
            found.append(move)
    with quiet_end():
        if as_json:
            for move in found:
                sys.stdout.write(json.dumps(_told(move, reveal=reveal), ensure_ascii=False) + "\n")
        else:
            PipedConsole(highlight=False).print(_view(old, new, rows, found, limit, reveal=reveal))
    skipped.tell()


def _rows(files: Sequence[Path], skipped: Skipped) -> Iterator[Row]:
    for file in files:
        yield from read(file, skipped)


def _view(old: Rules, new: Rules, rows: int, found: Sequence[Move], limit: int, *, reveal: bool) -> RenderableType:
    head = Text(f"{rows} contacts, {old.version} to {new.version}: ", style="bold")
    raised, lowered = sum(move.raised for move in found), sum(move.lowered for move in found)
    head.append(f"{raised} raised, {lowered} lowered, {len(found) - raised - lowered} of another skill alone")
    parts: list[RenderableType] = [head]
    labelled = [move.better for move in found if move.better is not None]
    if labelled:
        better, worse = sum(labelled), labelled.count(False)
        parts.append(Text(f"By the labels {better} {'is' if better == 1 else 'are'} right now, {worse} no longer."))
    if found:
        parts += [_levels(found), _moves(found[:limit], reveal=reveal)]
    if len(found) > limit:
        parts.append(Text(f"and {len(found) - limit} more; --limit shows more", style="dim"))
    return Group(*(each for part in parts for each in (part, Text(""))))


def _levels(found: Sequence[Move]) -> RenderableType:
    counts = levels(found)
    if not counts:
        return Text("No level changes.")
    table = _table("from", "to", "contacts")
    for (was, now), times in counts.items():
        table.add_row(looks.severity(was), looks.severity(now), str(times))
    return table


def _moves(found: Sequence[Move], *, reveal: bool) -> Table:
    table = _table("id", "was", "is", "rules")
    for move in found:
        told = Text(_rules(move))
        if reveal:
            words = looks.one_line(move.row.text or move.row.subject or "")
            told.append(f"\n{words[:FIRST]}", style="dim italic")
        table.add_row(looks.short(looks.one_line(move.row.id)), _said(move.before), _said(move.after), told)
    return table


def _said(assessment: Assessment) -> Text:
    return looks.severity(assessment.severity).append(
        f" {assessment.skill}", style="not bold not dim default on default"
    )


def _rules(move: Move) -> str:
    """What speaks now, then what no longer does."""
    now = ", ".join(move.by)
    gone = ", ".join(move.without)
    return "; ".join(part for part in (now, f"without {gone}" if gone else "") if part) or "the same evidence"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold", justify="right" if heading == "contacts" else "left")
    return table


def _told(move: Move, *, reveal: bool) -> dict[str, object]:
    return {
        "id": move.row.id,
        "before": {"severity": move.before.severity.value, "skill": move.before.skill.value},
        "after": {"severity": move.after.severity.value, "skill": move.after.skill.value},
        "labelled": move.row.severity.value if move.row.severity else None,
        "rules": list(move.by),
        "without": list(move.without),
        **({"text": looks.one_line(move.row.text or move.row.subject or "")[:FIRST]} if reveal else {}),
    }
