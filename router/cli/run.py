"""`router run`: everything of `router up`, with a scenario played on it and shown."""

from __future__ import annotations

from typing import Annotated

import typer

from router.cli.options import Data


def run(
    seed: Annotated[int | None, typer.Option(min=0, max=2**31, help="Repeat the play of this seed.")] = None,
    data: Data = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="HTTP; 0 picks a free one.")] = 8080,
    smtp_port: Annotated[int, typer.Option(min=0, max=65535, help="SMTP; 0 picks a free one.")] = 2525,
    kafka_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The embedded Kafka's; kept with the data, 9092 at first; 0 picks one."),
    ] = None,
) -> None:
    """Start everything, play a scenario of signed requests, and show what becomes of them.

    On a terminal it stays up until Ctrl-C. Elsewhere it plays once, stops everything, and exits 0 if every contact
    came onto its queue, else 1.
    """
    from router.cli import running_play  # noqa: PLC0415 - heavy, and not needed by other commands
    from router.runtime.supervision.platform import Options  # noqa: PLC0415 - as above

    options = Options(port=port, smtp_port=smtp_port, kafka_port=kafka_port, command="router run")
    raise typer.Exit(running_play.run(seed, data, options))
