"""A process beside the gateway's for what would hold its interpreter for long: one job at a time.

While a thread reads a 30 MB mail, text messages wait for the interpreter again and again, and the memory that the mail
took stays with the gateway. A process of its own gives both back, and a parser that crashes takes nothing with it. It
is begun with the first job, and ended when it has been idle for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog

from channels.errors import Problem
from router.gateway.workbench import LENGTH, Done, Failed, Job, framed

IDLE_S = 10.0
MOST_S = 120.0
COMMAND = (sys.executable, "-c", "from router.gateway.workbench import main; main()")

ENDED = Failed("ProcessEnded")

log = structlog.get_logger()

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class JobFailed(Problem):
    """A job raised what it shouldn't, or its process ended. `kind` is the error's type."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Workshop:
    """idle_s: how long the process waits for another job. most_s: how long a job may take."""

    def __init__(self, *, idle_s: float = IDLE_S, most_s: float = MOST_S) -> None:
        self._idle_s = idle_s
        self._most_s = most_s
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._ended: set[asyncio.Task[int]] = set()

    @property
    def pid(self) -> int | None:
        """Of the process, where there is one."""
        return None if self._process is None else self._process.pid

    async def run(
        self, function: Callable[Arguments, Result], *arguments: Arguments.args, **none: Arguments.kwargs
    ) -> Result:
        """What `function` returns there. Function and arguments must be picklable.

        Raises the ChannelProblem that it raises, JobFailed for anything else.
        """
        job = framed(Job(function, arguments))
        async with self._turn:
            answer = await self._asked(job)
            if answer == ENDED:
                # Perhaps somebody else ended it, for want of memory; a job that does so itself does it again.
                answer = await self._asked(job)
        if isinstance(answer, Done):
            found: Result = answer.value
            return found
        if answer.raised is not None:
            kind, words = answer.raised
            raise kind(*words)
        raise JobFailed(answer.kind)

    async def stop(self) -> None:
        async with self._turn:
            await self._end()
        await asyncio.gather(*self._ended)

    async def _asked(self, job: bytes) -> Done | Failed:
        process = await self._begun()
        answered = False
        try:
            async with asyncio.timeout(self._most_s):
                answer = await _answer(process, job)
            answered = True
        except TimeoutError:
            return Failed("TimeoutError")
        except (asyncio.IncompleteReadError, OSError):
            return ENDED
        finally:
            # Whoever gave up in the middle left an answer that nobody waits for.
            if answered:
                self._ending = asyncio.get_running_loop().call_later(self._idle_s, self._idle)
            else:
                log.warning("workshop.process_ended")
                await self._end()
        return answer

    async def _begun(self) -> Process:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._process is not None and self._process.returncode is not None:
            await self._end()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE)
        return self._process

    def _idle(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()  # it ends by itself
            waiting = asyncio.create_task(process.wait(), name="workshop-end")
            self._ended.add(waiting)
            waiting.add_done_callback(self._ended.discard)

    async def _end(self) -> None:
        process, self._process = self._process, None
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _answer(process: Process, job: bytes) -> Done | Failed:
    if process.stdin is None or process.stdout is None:
        raise OSError
    process.stdin.write(job)
    await process.stdin.drain()
    size = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
    answer: Done | Failed = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - of our own process
    return answer
