"""`router explain`: the story of a contact or an incident."""

from __future__ import annotations

from typing import Annotated

import typer

from router.cli.options import Data


def explain(
    asked: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A contact's id, an incident's, the first characters of one, or the provider's own id."
        ),
    ],
    data: Data = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show sender, text, and the words that the rules spoke about.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell when it came, who it is, what it scored and why, where it went, who owns it."""
    from router.cli import explaining  # noqa: PLC0415 - heavy, and not needed by other commands

    raise typer.Exit(explaining.explain(asked, data, reveal=reveal, as_json=as_json))
