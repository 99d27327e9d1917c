"""One gateway has a spool: its folder is locked."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from channels.errors import Problem

LOCK_S = 3.0


class SpoolTaken(Problem):
    """Another gateway has this spool."""


def locked(folder: Path) -> int:
    """A descriptor that holds the lock until it is closed. Blocks.

    Raises SpoolTaken; OSError where there can be no folder.
    """
    deadline = time.monotonic() + LOCK_S
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(handle)
                raise SpoolTaken(
                    f"another gateway has the spool {folder}: give each a data folder of its own"
                ) from None
            time.sleep(0.05)
        except OSError:
            os.close(handle)
            raise
        else:
            return handle
