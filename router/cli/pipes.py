"""Commands that print until they are told to stop end quietly: at Ctrl-C, and when nobody reads any more (`| head`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
