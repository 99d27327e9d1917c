"""What a check of `router doctor` is, and how they run: at once, each within its time, whatever hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from channels.errors import Problem

WITHIN_S = 2.0

Result = TypeVar("Result")


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Outcome:
    """says: what was found, without secrets or anybody's data. mend: what to do, empty where nothing is to be done."""

    level: Level
    says: str
    mend: str = ""


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[], Awaitable[Outcome]]
    mend: str = "Look at the machine: its disk, its load, its network."


def ok(says: str) -> Outcome:
    return Outcome(Level.OK, says)


def warn(says: str, mend: str) -> Outcome:
    return Outcome(Level.WARN, says, mend)


def fail(says: str, mend: str) -> Outcome:
    return Outcome(Level.FAIL, says, mend)


def skipped(says: str) -> Outcome:
    return Outcome(Level.SKIPPED, says)


async def examined(checks: Sequence[Check], within_s: float = WITHIN_S) -> list[tuple[str, Outcome]]:
    """The outcome of each, in their order. One that takes too long, or raises, has failed."""
    found = await asyncio.gather(*(_within(check, within_s) for check in checks))
    return list(zip((check.name for check in checks), found, strict=True))


async def aside(work: Callable[[], Result]) -> Result:
    """Runs it in a thread that nobody waits for once time is up: a disk that hangs must not hang the doctor."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: Exception | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # there is one where there is no error

    def run() -> None:
        result, failed = None, None
        try:
            result = work()
        except Exception as error:
            failed = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, daemon=True).start()
    return await future


async def _within(check: Check, within_s: float) -> Outcome:
    try:
        async with asyncio.timeout(within_s):
            return await check.run()
    except TimeoutError:
        return fail(f"no answer within {within_s:.0f} s", check.mend)
    except Problem as problem:
        return fail(str(problem), check.mend)
    except Exception as error:  # one check's trouble is no other's; its words might hold what somebody wrote
        return fail(f"it can't be told ({type(error).__name__})", check.mend)
