"""What `router evaluate` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType

from channels.errors import Problem
from router.cli import evaluate_view
from router.cli.evaluate_json import ordinary_as_json, report_as_json
from router.cli.evaluate_texts import texts
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.score_lines import Skipped, count, read
from router.cli.score_progress import shown as with_progress
from scoring.assess import assess
from scoring.evaluation import figures, limits
from scoring.evaluation import ordinary as everyday
from scoring.evaluation.figures import Figures
from scoring.evaluation.judged import Judged
from scoring.evaluation.report import report
from scoring.evaluation.rows import Row, contact
from scoring.model import Assessment

UNREACHED = 1


class NoRows(Problem):
    """There is no row to evaluate."""


@dataclass(frozen=True)
class Shown:
    """least, most: limits as they were given, NAME=VALUE."""

    reveal: bool = False
    as_json: bool = False
    least: tuple[str, ...] = ()
    most: tuple[str, ...] = ()

    def limits(self, names: Sequence[str]) -> list[limits.Limit]:
        """Raises BadLimit."""
        return [limits.read(text, names, least=True) for text in self.least] + [
            limits.read(text, names, least=False) for text in self.most
        ]


def labelled(
    files: Sequence[Path], plot: Path | None, shown: Shown, *, skip_bad: bool, seed: int, rounds: int | None
) -> int:
    """The exit status. Raises BadLimit, BadLine, NoRows, NoPlots, OSError."""
    demanded = shown.limits(figures.NAMES)
    skipped = Skipped(skip=skip_bad)
    rows: list[Judged] = []
    version = ""
    for file in files:
        for row in with_progress(read(file, skipped, labelled=True), count(file), "scoring"):
            assessment = assess(contact(row))
            version = assessment.version
            rows.append(Judged.of(row, assessment))
    if not rows:
        raise NoRows
    found = report(rows, version, seed=seed, rounds=rounds)
    unreached = _unreached(demanded, found.figures)
    _show(
        shown,
        lambda: report_as_json(found, unreached, reveal=shown.reveal),
        lambda: evaluate_view.report(found, unreached, reveal=shown.reveal),
    )
    skipped.tell()
    if plot is not None:
        from router.cli.evaluate_plot import draw  # noqa: PLC0415 - takes seconds to load

        draw(found, plot)
    return UNREACHED if unreached else 0


def ordinary(files: Sequence[Path], column: str, shown: Shown, *, skip_bad: bool) -> int:
    """The exit status. Raises BadLimit, BadLine, NoRows, OSError."""
    demanded = shown.limits(everyday.NAMES)
    skipped = Skipped(skip=skip_bad)
    said = (text for file in files for text in texts(file, column, skipped))
    found = everyday.ordinary(_judged(with_progress(said, None, "scoring")))
    if not found.texts:
        raise NoRows
    unreached = _unreached(demanded, found.figures)
    _show(
        shown,
        lambda: ordinary_as_json(found, unreached, reveal=shown.reveal),
        lambda: evaluate_view.ordinary(found, unreached, reveal=shown.reveal),
    )
    skipped.tell()
    return UNREACHED if unreached else 0


def _judged(said: Iterator[str]) -> Iterator[tuple[str, Assessment]]:
    for text in said:
        yield text, assess(contact(Row(id="ordinary", channel="sms", text=text)))


def _unreached(demanded: Sequence[limits.Limit], found: Figures) -> list[str]:
    return [sentence for each in demanded if (sentence := each.failed(found)) is not None]


def _show(shown: Shown, as_json: Callable[[], object], view: Callable[[], RenderableType]) -> None:
    with quiet_end():
        if shown.as_json:
            sys.stdout.write(json.dumps(as_json(), indent=2, ensure_ascii=False) + "\n")
        else:
            PipedConsole(highlight=False).print(view())
