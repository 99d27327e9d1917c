"""A progress bar on stderr for what takes longer than two seconds; none where stderr isn't a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

PATIENCE_S = 2.0


def shown(items: Iterable[T], total: int | None, words: str) -> Iterator[T]:
    """The items; `words` says what is done with them."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(words, total=total)
    began = monotonic()
    try:
        for item in items:
            if not progress.live.is_started and monotonic() - began > PATIENCE_S:
                progress.start()
            yield item
            progress.advance(task)
    finally:
        if progress.live.is_started:
            progress.stop()
