"""Commands that print until they are told to stop end quietly: at Ctrl-C, and when nobody reads any more (`| head`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class PipedConsole(Console):
    """A console that leaves a closed pipe to `quiet_end`; rich itself would exit with status 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


@contextmanager
def quiet_end() -> Iterator[None]:
    """Both are a normal end, with exit status 0."""
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        # What is still buffered has no reader either; without this Python complains as it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
