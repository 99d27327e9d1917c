"""One `up` a data folder: a lock that the children inherit, so that it is free only once all of them have ended."""

from __future__ import annotations

import fcntl
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from channels.errors import Problem

NAME = "lock"
DYING_S = 5.0


class InUse(Problem):
    """The data folder is in use."""


class DataLock:
    """The lock on one folder. command: what the sentence for a second one says of us."""

    def __init__(self, data: Path, command: str) -> None:
        self._data = data
        self._command = command
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def take(self, dying_s: float = DYING_S) -> int:
        """The file descriptor, for children to inherit. Blocks, at most `dying_s` seconds: where the holder is dead
        and its children are still ending, it waits for them.

        Raises InUse, saying who has it and since when.
        """
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._data / NAME, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise Problem(f"can't use {self._data} as data folder: {error.strerror}.") from None
        try:
            _take(descriptor, self._data, dying_s)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            os.ftruncate(descriptor, 0)
            os.pwrite(
                descriptor, json.dumps({"pid": os.getpid(), "command": self._command, "since": since}).encode(), 0
            )
        except OSError as error:
            os.close(descriptor)
            raise Problem(f"can't use {self._data} as data folder: {error.strerror}.") from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return descriptor

    def release(self) -> None:
        """Gives it up; it is free once the children that inherited it have ended too."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(data: Path) -> bool:
    """True while somebody, or a child of theirs, has the folder."""
    try:
        descriptor = os.open(data / NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _take(descriptor: int, data: Path, dying_s: float) -> None:
    until = time.monotonic() + dying_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            if _lives(holder.get("pid")) or time.monotonic() > until:
                raise InUse(_sentence(data, holder)) from None
            time.sleep(0.05)
        else:
            return


def _holder(descriptor: int) -> dict[str, object]:
    try:
        found = json.loads(os.pread(descriptor, 1000, 0))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _lives(pid: object) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sentence(data: Path, holder: dict[str, object]) -> str:
    who = ""
    if isinstance(holder.get("pid"), int):
        who = f" by pid {holder['pid']} ({holder.get('command')}) since {holder.get('since')}"
    return f"the data folder {data} is in use{who}. Stop it, or choose another with --data."
