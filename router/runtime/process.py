"""A child process that can't outlive us: its own group, killed by the kernel when we die, stopped within a time."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _dies_with(parent: int) -> Callable[[], None] | None:
    """What the child does between fork and exec: asks Linux to kill it once the thread that started it ends."""
    if sys.platform != "linux":
        return None
    libc = _libc()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # it ended between fork and the call

    return ask


class Child:
    """A started process. Start it from a thread that lives as long as it should: the main one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        fds: Collection[int] = (),
        stderr: int | None = None,
        piped: bool = False,
    ) -> Child:
        """Starts it with the file descriptors `fds` open. What it prints goes to the file descriptor `stderr`, else
        to our stderr; piped: to `output`. Raises OSError."""
        output: dict[str, Any] = (
            {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
            if piped
            else {"stdout": 2 if stderr is None else stderr, "stderr": stderr}
        )
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            env=env,
            cwd=cwd,
            pass_fds=tuple(fds),
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid()),
            **output,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; minus the signal's number where one ended it."""
        return self._process.returncode

    @property
    def output(self) -> asyncio.StreamReader:
        if self._process.stdout is None:
            raise ValueError("not started with piped=True")
        return self._process.stdout

    async def wait(self) -> int:
        return await self._process.wait()

    async def stop(self, within: float) -> int:
        """SIGTERM, and SIGKILL to its whole group after `within` seconds."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within):
                    return await self.wait()
        return await self.kill()

    async def kill(self) -> int:
        """Ends the whole group: what the child started goes with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        return await self.wait()
