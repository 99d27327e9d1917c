"""One part, kept running: started, told to go, started again with a growing wait when it ends."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from channels.errors import Problem
from router.runtime.process import Child
from router.runtime.supervision.backoff import Backoff
from router.runtime.supervision.happening import Happening, Tell, ended_how
from router.runtime.supervision.string import Held

REFUSED = 2  # the exit status of a command that couldn't begin, and said why
FOR_GOOD = 78  # of a part that a new start wouldn't mend
CAPPED = 79  # of a part that refuses too much: a new start would only refuse more
TRIES = 3


class PartFailed(Problem):
    """A part can't run."""


@dataclass(frozen=True)
class Recipe:
    """How a part is started; `--parent-fd N` is added. fds: what it inherits. stderr: None for ours."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] | None = None
    fds: tuple[int, ...] = ()
    stderr: int | None = None


@dataclass
class Part:
    """go: set it once what the part needs is there. ready: set while, and only while, it serves.

    settled: set once it has served, or stands still until a person has looked at it.
    after: awaited with the process's id when it has ended by itself, before it is started again.
    """

    recipe: Recipe
    tell: Tell
    go: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    child: Child | None = None
    reason: str | None = None
    served: bool = False
    stopping: bool = False
    after: Callable[[int], Awaitable[object]] | None = None

    async def keep(self) -> None:
        """Until stopped. Raises PartFailed where it says that a restart won't help, or can't even begin.

        One that ends with CAPPED isn't started again, and everything else runs on.
        """
        backoff, tries = Backoff(), 0
        while True:
            began = time.monotonic()
            status = await self._once()
            if self.stopping:
                return
            if status == CAPPED:
                await self._stand_still()
            tries += 1
            if status == FOR_GOOD or (not self.served and (status == REFUSED or tries >= TRIES)):
                raise PartFailed(self.reason or f"the {self.recipe.name} can't run ({ended_how(status)}).")
            wait, backoff = backoff.after(time.monotonic() - began)
            self._say_ended(status, wait)
            if self.after is not None and self.served and self.child is not None:
                await self.after(self.child.pid)
            await asyncio.sleep(wait)

    async def stop(self, within: float) -> None:
        self.stopping = True
        if self.child is not None:
            await self.child.stop(within)

    async def kill(self) -> None:
        self.stopping = True
        if self.child is not None:
            await self.child.kill()

    async def _stand_still(self) -> None:
        """Until stopped. What other parts take meanwhile waits on the log."""
        because = self.reason or f"the {self.recipe.name} ended (exit status {CAPPED})"
        self.tell(Happening("part.stands_still", self.recipe.name, f"the {self.recipe.name} stands still: {because}"))
        self.settled.set()
        await asyncio.Event().wait()

    async def _once(self) -> int:
        """One life of it; its exit status."""
        self.reason = None
        held, theirs = await Held.pair()
        try:
            self.child = await self._started(theirs)
            leading = asyncio.create_task(self._lead(held))
            try:
                return await self.child.wait()
            finally:
                # What it said last; but a child of its own may still hold the string.
                await asyncio.wait((leading,), timeout=0.5)
                leading.cancel()
        finally:
            self.ready.clear()
            await held.cut()

    async def _started(self, theirs: socket.socket) -> Child:
        descriptor = theirs.fileno()
        try:
            with theirs:
                return await Child.start(
                    (*self.recipe.command, "--parent-fd", str(descriptor)),
                    env=self.recipe.env,
                    fds=(*self.recipe.fds, descriptor),
                    stderr=self.recipe.stderr,
                )
        except OSError as error:
            raise PartFailed(f"can't start the {self.recipe.name}: {error.strerror}.") from None

    async def _lead(self, held: Held) -> None:
        telling = asyncio.create_task(self._tell_go(held))
        try:
            async for word in held.words():
                if word is None:
                    self.served = True
                    self.ready.set()
                    self.settled.set()
                    self.tell(Happening("part.ready", self.recipe.name, f"the {self.recipe.name} is ready"))
                else:
                    self.reason = word
        finally:
            telling.cancel()

    async def _tell_go(self, held: Held) -> None:
        await self.go.wait()
        held.go()

    def _say_ended(self, status: int, wait: float) -> None:
        name, why = self.recipe.name, ended_how(status)
        because = f": {self.reason}" if self.reason else ""
        sentence = f"the {name} ended ({why}){because}; starting it again in {wait:.1f} s"
        self.tell(Happening("part.ended", name, sentence, {"how": why, "again_in_s": wait}))
