"""The whole measurement, in order: start, warm up, idle, alternating rounds, search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.latency import bare, sizes
from bench.latency.machine import machine
from bench.latency.report import Idle, Report
from bench.latency.runs import Run, Runs
from bench.latency.search import Search
from bench.latency.summary import Summary, summary
from bench.latency.system import System, running

PROBE_S = 10.0
CALM_RATE, CALM_S, CALM_TRIES = 20.0, 3.0, 6
LONGEST_RUN_S = 60.0

Tell = Callable[[str, float], None]
"""What is under way, and the share of it that is done."""


@dataclass(frozen=True)
class Plan:
    """minutes: of load at the first rate instead of rounds and search, for memory."""

    rates: tuple[float, ...]
    seconds: float
    rounds: int
    warm_s: float
    idle_s: float
    search: bool
    minutes: float = 0


async def measured(plan: Plan, data: Path, tell: Tell) -> Report:
    """data: an empty folder."""
    tell("first start", 0)
    async with running(data) as system:
        first = system.start_s
    tell("next start", 0)
    async with running(data) as system, _told(system, tell) as (runs, say):
        say("warming up")
        await runs.ours(plan.rates[0], plan.warm_s)
        await _calm(runs)
        tell("idle", 0)
        idle = await _idle(system, plan.idle_s)
        if plan.minutes:
            return await _long(plan, runs, (first, system.start_s), idle, say)
        moved = await sizes.measured(system.kafka, runs.offered)
        await bare.create(system.kafka)
        say("warming up the bare loop")
        await runs.bare(plan.rates[0], plan.warm_s / 2, moved)
        ours: dict[float, list[Run]] = {rate: [] for rate in plan.rates}
        loop: dict[float, list[Run]] = {rate: [] for rate in plan.rates}
        for number in range(1, plan.rounds + 1):
            for rate in plan.rates:
                say(f"round {number}: {rate:g}/s")
                ours[rate].append(await runs.ours(rate, plan.seconds))
                await _calm(runs)
                say(f"round {number}: {rate:g}/s, bare loop")
                loop[rate].append(await runs.bare(rate, plan.seconds, moved))
        search, probes = Search(max(plan.rates)), []
        while plan.search and (rate_ := search.next()):
            say(f"highest rate: {rate_:g}/s")
            probes.append(summary([await runs.ours(rate_, PROBE_S)]))
            search.tell(rate_, carried=probes[-1].carried)
            await _calm(runs)
        return Report(
            machine=machine() | {"rounds": f"{plan.rounds} of {plan.seconds:g} s, warmed up for {plan.warm_s:g} s"},
            start_s=(first, system.start_s),
            idle=idle,
            sizes=moved,
            ours=_summaries(ours.values()),
            bare=_summaries(loop.values()),
            highest=search.carried,
            probes=probes,
        )


async def _long(plan: Plan, runs: Runs, start_s: tuple[float, float], idle: Idle, say: Callable[[str], None]) -> Report:
    done: list[Run] = []
    while (left := plan.minutes * 60 - sum(run.seconds for run in done)) > 0:
        say(f"{plan.rates[0]:g}/s, {left / 60:.1f} minutes left")
        done.append(await runs.ours(plan.rates[0], min(left, LONGEST_RUN_S)))
    told = machine() | {"load": f"{plan.minutes:g} minutes of {plan.rates[0]:g} contacts a second"}
    return Report(told, start_s, idle, None, [summary(done)], [])


def _summaries(runs: object) -> Sequence[Summary]:
    return [summary(some) for some in runs if some]  # type: ignore[attr-defined]


async def _idle(system: System, seconds: float) -> Idle:
    await asyncio.sleep(2)
    before = system.usage()
    await asyncio.sleep(seconds)
    after = system.usage()
    return Idle(
        {part: (after[part].cpu_s - before[part].cpu_s) / seconds * 100 for part in after},
        {part: after[part].rss_mb for part in after},
    )


async def _calm(runs: Runs) -> None:
    """Returns once what an overload left behind is worked off, or after a while."""
    for _ in range(CALM_TRIES):
        if summary([await runs.ours(CALM_RATE, CALM_S)]).carried:
            return


@asynccontextmanager
async def _told(system: System, tell: Tell) -> AsyncIterator[tuple[Runs, Callable[[str], None]]]:
    under_way = ""

    def say(what: str) -> None:
        nonlocal under_way
        under_way = what
        tell(what, 0)

    yield Runs(system, lambda share: tell(under_way, share)), say
