"""`router config`: what is in force and where it comes from; of secrets only how many are set."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from router.cli.options import Data


def config(
    data: Data = None, as_json: Annotated[bool, typer.Option("--json", help="One JSON object a setting.")] = False
) -> None:
    """Show every setting: its value, and whether the environment, a file or the default says so."""
    from router.cli.in_force import in_force  # noqa: PLC0415 - none of these is needed by `router --help`

    rows = in_force(data)
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps({"name": row.name, "value": row.value, "from": row.source}) + "\n")
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("setting", "value", "from", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.name, row.value, row.source)
    Console().print(table)
