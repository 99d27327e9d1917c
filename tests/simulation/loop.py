"""An event loop without real time, for several processes at once: the seed says whose turn it is.

Each callback belongs to the process in whose context it was asked for. Within a process callbacks run in asyncio's own
order; which process runs next is chance. A paused process keeps what is due until it is resumed, as after SIGSTOP; of a
killed one nothing runs any more, no `finally` either, as after kill -9.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")

THREAD_S = 0.005
"""How long something beside the loop takes, at most, each way."""


class State(Enum):
    RUNNING = "running"
    PAUSED = "paused"
    KILLED = "killed"
    BURIED = "buried"
    """Its coroutines are being unwound; the ports let nothing that they do have an effect."""


class Process:
    """Something that can be paused and killed apart from the rest. cut_until: when its network is back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = State.RUNNING
        self.ready: deque[_Handle] = deque()
        self.queued = False
        self.cut_until = 0.0
        self.tasks: list[asyncio.Task[Any]] = []

    @property
    def gone(self) -> bool:
        return self.state in (State.KILLED, State.BURIED)


_PROCESS: ContextVar[Process] = ContextVar("process")


def here() -> Process | None:
    """The process that runs; None outside of any."""
    return _PROCESS.get(None)


class _Handle:
    """asyncio's, without what only its debug mode needs."""

    __slots__ = ("_args", "_callback", "_context", "_when", "gone")

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...], context: Context, when: float) -> None:
        self._callback = callback
        self._args = args
        self._context = context
        self._when = when
        self.gone = False

    def cancel(self) -> None:
        self.gone = True
        self._callback, self._args = _nothing, ()

    def cancelled(self) -> bool:
        return self.gone

    def when(self) -> float:
        return self._when

    def run(self) -> None:
        self._context.run(self._callback, *self._args)


def _nothing() -> None: ...


def _tell(done: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


class Stuck(Exception):
    """Nothing is left to run, and what is awaited hasn't come."""


class VirtualLoop(asyncio.AbstractEventLoop):
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._now = 0.0
        self._timers: list[tuple[float, int, _Handle, Process]] = []
        self._order = 0
        self._world = Process("world")
        self._runnable: list[Process] = []
        self.errors: list[str] = []

    def time(self) -> float:
        """Seconds since the beginning of the simulation."""
        return self._now

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_soon(  # type: ignore[override]  # as far as asyncio's own futures, tasks and timeouts ask
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Handle:
        if context is None:
            context = copy_context()
        handle = _Handle(callback, args, context, 0.0)
        self._put(context.get(_PROCESS, self._world), handle)
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Handle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Handle:
        if context is None:
            context = copy_context()
        handle = _Handle(callback, args, context, when)
        self._order += 1
        heapq.heappush(self._timers, (when, self._order, handle, context.get(_PROCESS, self._world)))
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None, **more: Any
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name, context=context)
        process = (context or copy_context()).get(_PROCESS, self._world)
        if process is not self._world:
            process.tasks.append(task)
        return task

    def run_in_executor(  # type: ignore[override]
        self, executor: object, call: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """A while later, in the process that asks: killed before, it isn't done; killed after, nobody hears of it."""
        done = self.create_future()
        self.call_later(self._chance.random() * THREAD_S, self._call, done, call, args)
        return done

    def _call(self, done: asyncio.Future[Any], call: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            result, error = call(*args), None
        except Exception as raised:
            result, error = None, raised
        self.call_later(self._chance.random() * THREAD_S, _tell, done, result, error)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.errors.append(f"{context.get('message')}: {type(error).__name__}: {error}")

    def start(self, process: Process, coro: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """The process's first task."""
        context = copy_context()
        context.run(_PROCESS.set, process)
        return self.create_task(coro, name=process.name, context=context)

    def after(self, delay: float, callback: Callable[..., object], *args: Any) -> None:
        """Something that happens in the world, whatever becomes of the process that is running now."""
        self.call_at(self._now + delay, callback, *args, context=OUTSIDE)

    def pause(self, process: Process) -> None:
        if process.state is State.RUNNING:
            process.state = State.PAUSED

    def resume(self, process: Process) -> None:
        if process.state is State.PAUSED:
            process.state = State.RUNNING
            self._queue(process)

    def kill(self, process: Process) -> None:
        if not process.gone:
            process.state = State.KILLED

    def run_until_complete(self, future: Any) -> Any:
        main = asyncio.ensure_future(future, loop=self)
        asyncio.events._set_running_loop(self)
        try:
            while not main.done():
                self._once()
        finally:
            asyncio.events._set_running_loop(None)
        return main.result()

    async def bury(self, process: Process) -> None:
        """Unwinds a killed process's coroutines, so that nothing of it is left."""
        process.state = State.BURIED
        while tasks := [task for task in process.tasks if not task.done()]:
            for task in tasks:
                task.cancel()
            self._queue(process)
            await asyncio.sleep(1)

    def _put(self, process: Process, handle: _Handle) -> None:
        process.ready.append(handle)
        if not process.queued and process.state in _LIVELY:
            process.queued = True
            self._runnable.append(process)

    def _queue(self, process: Process) -> None:
        if process.ready and not process.queued and process.state in _LIVELY:
            process.queued = True
            self._runnable.append(process)

    def _once(self) -> None:
        timers = self._timers
        if not self._runnable:
            while timers and timers[0][2].gone:
                heapq.heappop(timers)
            if not timers:
                raise Stuck
            self._now = max(self._now, timers[0][0])
        while timers and timers[0][0] <= self._now:
            _, _, timer, owner = heapq.heappop(timers)
            if not timer.gone:
                self._put(owner, timer)
        number = len(self._runnable)
        if number:
            self._turn(self._runnable.pop(0 if number == 1 else int(self._chance.random() * number)))

    def _turn(self, process: Process) -> None:
        """What is ready of a process now; what that makes ready waits for the next turn."""
        ready = process.ready
        for _ in range(len(ready)):
            if process.state not in _LIVELY:
                break
            handle = ready.popleft()
            if not handle.gone:
                try:
                    handle.run()
                except Exception as error:
                    self.errors.append(f"a callback: {type(error).__name__}: {error}")
        process.queued = False
        self._queue(process)


_LIVELY = (State.RUNNING, State.BURIED)
OUTSIDE = Context()
