"""`router dlq`: what couldn't be taken, why, and what is to become of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from router.cli.options import Data

app = typer.Typer(help="List, show, resubmit and drop dead letters.", no_args_is_help=True)

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]…", help="Letters by name: intake.dlq/0/5, or intake/5 for short.")
]
Stage = Annotated[str | None, typer.Option(help="Only of this stage: gateway, intake or pool.")]
Reason = Annotated[str | None, typer.Option(help="Only those whose reason contains this.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only of the last 30 min, 12 h, 7 d …")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a letter.")]
Why = Annotated[str, typer.Option(help="Why you do it; it is kept.")]
By = Annotated[str | None, typer.Option(help="Who does it; else the user of this machine.")]


@app.command("list")
def list_(
    stage: Stage = None,
    reason: Reason = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    everything: Annotated[bool, typer.Option("--all", help="Those that were settled, too.")] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """The open letters, the newest last: where each is, since when, and why. No payloads."""
    from router.cli import dlq_listing  # noqa: PLC0415 - heavy, and not needed by other commands
    from router.cli.dlq_chosen import Wanted  # noqa: PLC0415

    dlq_listing.list_(data, Wanted.read(stage, reason, since), limit, everything=everything, as_json=as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="intake.dlq/0/5, or intake/5 for short.")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the payload, and headers that name people.")] = False,
    raw: Annotated[Path | None, typer.Option(help="With --reveal: a file to write the payload to, as it is.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    data: Data = None,
) -> None:
    """One letter: why it was refused, where it stood, what became of it."""
    if raw is not None and not reveal:
        raise typer.BadParameter("it goes with --reveal", param_hint="--raw")
    from router.cli import dlq_listing  # noqa: PLC0415

    dlq_listing.show(data, name, reveal=reveal, raw=raw, as_json=as_json)


@app.command()
def resubmit(
    why: Why,
    names: Ids = None,
    stage: Stage = None,
    reason: Reason = None,
    since: Since = None,
    by: By = None,
    again: Annotated[bool, typer.Option("--again", help="Even what was settled already.")] = False,
    data: Data = None,
) -> None:
    """Send letters through their stages once more: those named, else all open ones that the options choose."""
    from router.cli import dlq_settling  # noqa: PLC0415
    from router.cli.dlq_chosen import Wanted  # noqa: PLC0415

    dlq_settling.resubmit(data, Wanted.named(names, stage, reason, since), why, by, again=again)


@app.command()
def drop(
    why: Why,
    names: Ids = None,
    stage: Stage = None,
    reason: Reason = None,
    since: Since = None,
    by: By = None,
    data: Data = None,
) -> None:
    """Leave letters alone: they are no longer listed, and stay on their topic until it forgets them."""
    from router.cli import dlq_settling  # noqa: PLC0415
    from router.cli.dlq_chosen import Wanted  # noqa: PLC0415

    dlq_settling.drop(data, Wanted.named(names, stage, reason, since), why, by)


@app.command()
def resume(
    stage: Annotated[str, typer.Argument(help="intake or pool.")],
    why: Why,
    allow: Annotated[int, typer.Option(min=0, help="So many more may be refused before it stops again.")] = 1000,
    by: By = None,
    data: Data = None,
) -> None:
    """Let a stage that stopped for too many dead letters go on: the records are to blame, not the code."""
    from router.cli import dlq_settling  # noqa: PLC0415

    dlq_settling.resume(data, stage, allow, why, by)
