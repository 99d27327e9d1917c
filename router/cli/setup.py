"""`router setup`: fetches the embedded Kafka's jars, with progress shown."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from channels.errors import Problem

if TYPE_CHECKING:
    from router.runtime.jars import Jar


def setup(
    relock: Annotated[
        bool, typer.Option("--relock", help="For developers: resolve Kafka anew and write jars.lock.")
    ] = False,
) -> None:
    """Fetch Kafka's jars where they aren't there yet, and check that a Java can run them."""
    from router.runtime import jars, jars_lock, java  # noqa: PLC0415 - not needed by `router --help`

    if relock:
        jars_lock.write(jars_lock.resolved(), jars.LOCK)
    folder, locked = jars.folder(), jars.locked()
    missing = jars.missing(locked, folder)
    if missing:
        _fetch(missing)
    runtime = java.find()
    _archive()
    sys.stdout.write(f"Kafka is set up: {len(locked)} jars, Java {runtime.version}.\n")


def _fetch(missing: tuple[Jar, ...]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from router.runtime import jars  # noqa: PLC0415

    console = Console()
    if not console.is_terminal:
        sys.stdout.write(f"Fetching Kafka: {len(missing)} jars.\n")
        sys.stdout.flush()
        jars.fetch(missing, jars.folder())
        return
    columns = (
        TextColumn("Fetching Kafka"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[jar]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("jars", total=len(missing), jar="")
        jars.fetch(missing, jars.folder(), lambda jar: progress.update(task, advance=1, jar=jar.artifact))


def _archive() -> None:
    """A quicker start of Kafka; where it can't be had, Kafka starts all the same."""
    from rich.console import Console  # noqa: PLC0415

    from router.runtime import archiving  # noqa: PLC0415

    try:
        with Console().status("Preparing Kafka for quick starts, about 15 s"):
            asyncio.run(archiving.make())
    except (Problem, OSError, TimeoutError) as error:
        sys.stderr.write(f"router: Kafka will start a second later than it could: {error}\n")
