"""`router evaluate`: how good scoring is, on messages that somebody has labelled; or how often it cries wolf."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Limits = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Exit status 1 if a figure isn't reached: s1-recall=0.97. Repeatable."),
]


def evaluate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Labelled messages, JSONL; - reads standard input.")
    ],
    ordinary: Annotated[
        bool, typer.Option("--ordinary", help="Instead: texts without labels (csv, json, jsonl, txt) of everyday life.")
    ] = False,
    column: Annotated[str, typer.Option(help="With --ordinary: the column of a csv that holds the text.")] = "text",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw how far probabilities say what they mean.")
    ] = None,
    least: Limits = None,
    most: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="The same for what is to be small: calibration=0.05.")
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the first words of the rows that are listed.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out lines that can't be read.")] = False,
    seed: Annotated[int, typer.Option(help="Of the confidence intervals.")] = 1,
    rounds: Annotated[
        int | None, typer.Option(min=0, max=100_000, help="Of the confidence intervals; 0 for none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare scoring with labels: recall and precision a level, skills, languages, calibration, what was missed."""
    from router.cli import evaluating  # noqa: PLC0415 - heavy, and not needed by other commands

    shown = evaluating.Shown(reveal=reveal, as_json=as_json, least=tuple(least or ()), most=tuple(most or ()))
    if ordinary:
        if plot is not None:
            raise typer.BadParameter("it needs labels, not --ordinary", param_hint="--plot")
        status = evaluating.ordinary(files, column, shown, skip_bad=skip_bad)
    else:
        status = evaluating.labelled(files, plot, shown, skip_bad=skip_bad, seed=seed, rounds=rounds)
    if status:
        raise typer.Exit(status)
