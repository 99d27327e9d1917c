"""`router rules`: the rules that there are, whether they keep what their examples promise, what a change moves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="List and test scoring's rules, and see what a change of them moves.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option("--folder", metavar="DIR", help="Other rule files than those in force.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command("list")
def list_(
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Every rule: its id, level, skill, languages and file."""
    from router.cli import rules_listing  # noqa: PLC0415 - heavy, and not needed by other commands

    rules_listing.list_(folder, as_json=as_json)


@app.command()
def test(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[RULE]…", help="Only these, by id or its beginning: vet.airway.")
    ] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Run each rule's own examples. Exit status 1 if one fails, or a language of a rule has none."""
    from router.cli import rules_testing  # noqa: PLC0415

    status = rules_testing.test(folder, tuple(ids or ()), as_json=as_json)
    if status:
        raise typer.Exit(status)


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="OLD", help="A folder of rule files.")],
    after: Annotated[Path | None, typer.Argument(metavar="[NEW]", help="Another; else the rules in force.")] = None,
    jsonl: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Past contacts: rows, or what `router tail pool --json` prints. Repeatable."),
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the first words of each.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out lines that can't be read.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="At most so many rows are listed; all are counted.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Which past contacts get another level or skill under changed rules, and which rules move them."""
    if not jsonl:
        raise typer.BadParameter("past contacts are needed", param_hint="--jsonl")
    from router.cli import rules_diffing  # noqa: PLC0415

    rules_diffing.diff(before, after, jsonl, limit, reveal=reveal, skip_bad=skip_bad, as_json=as_json)
