"""`router tail`: follows a queue or any topic, a line a record."""

from __future__ import annotations

from typing import Annotated

import typer

from router.cli.options import Data


def tail(
    name: Annotated[str, typer.Argument(metavar="QUEUE|TOPIC", help="A skill (emergency-vet), or a topic's name.")],
    data: Data = None,
    json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object a record: topic, partition, offset, key, headers, value.")
    ] = False,
    from_start: Annotated[bool, typer.Option("--from-start", help="From the first record, not from now.")] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop at the end that is there now.")] = False,
) -> None:
    """Follow a queue, or any topic, as it grows. Ctrl-C ends it."""
    from router.cli import following  # noqa: PLC0415 - heavy, and not needed by other commands

    following.tail(name, data, json_lines=json_lines, from_start=from_start, until_end=until_end)
