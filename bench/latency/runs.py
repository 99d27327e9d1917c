"""One run: the generator's process, and what the system used meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from bench.latency.bare import Sizes
from bench.latency.generator import Spec
from bench.latency.offered import GRACE_S, Offered
from bench.latency.system import POSTMARK_AUTH, TWILIO_TOKEN, System
from bench.latency.usage import Usage, usage

SLACK_S = 120
GENERATOR = (sys.executable, "-m", "bench.latency.generator")
LINE = 256 * 1024 * 1024


@dataclass(frozen=True)
class Used:
    """cpu_s: during the run. rss_mb, peak_mb: at its end."""

    cpu_s: float
    rss_mb: float
    peak_mb: float

    @classmethod
    def between(cls, before: Usage, after: Usage) -> Used:
        return cls(after.cpu_s - before.cpu_s, after.rss_mb, after.peak_mb)


@dataclass(frozen=True)
class Run:
    """used: by part of the system; `forwarder` for the bare loop's hops."""

    rate: float
    seconds: float
    bare: bool
    offered: Offered
    used: dict[str, Used]


class Runs:
    """Runs one after the other on one system, each with contacts of its own."""

    def __init__(self, system: System, progress: Callable[[float], None]) -> None:
        """progress: called with the share of the present run that is done."""
        self._system = system
        self._progress = progress
        self._seed = 0
        self.offered = 0

    async def ours(self, rate: float, seconds: float) -> Run:
        self._seed += 1
        run = await self._run(self._spec(rate, seconds), {})
        self.offered += run.offered.count
        return run

    async def bare(self, rate: float, seconds: float, sizes: Sizes) -> Run:
        spec = replace(self._spec(rate, seconds), sizes=sizes)
        async with _process(replace(spec, forward=True)) as forwarder:
            await asyncio.sleep(1)  # it reads from the ends, and must stand there before the first contact
            return await self._run(spec, {"forwarder": forwarder.pid})

    def _spec(self, rate: float, seconds: float) -> Spec:
        return Spec(self._system.gateway, self._system.kafka, rate, seconds, self._seed, TWILIO_TOKEN, POSTMARK_AUTH)

    async def _run(self, spec: Spec, others: dict[str, int]) -> Run:
        pids = {**self._system.pids, **others}
        before: dict[str, Usage] = {}
        after: dict[str, Usage] = {}
        async with _process(spec) as process, asyncio.timeout(spec.seconds * 2 + GRACE_S + SLACK_S):
            while process.stdout is not None and (line := await process.stdout.readline()):
                said = json.loads(line)
                if "offered" in said:
                    return Run(
                        spec.rate,
                        spec.seconds,
                        spec.sizes is not None,
                        _offered(said["offered"]),
                        {part: Used.between(before[part], after[part]) for part in pids},
                    )
                self._progress(said["number"] / max(1, spec.rate * spec.seconds))
                if said["phase"] == "started":
                    before = {part: usage(pid) for part, pid in pids.items()}
                elif said["phase"] == "done":
                    after = {part: usage(pid) for part, pid in pids.items()}
        raise ValueError("the generator ended without a result")


def _offered(fields: dict[str, object]) -> Offered:
    found = Offered(**fields)  # type: ignore[arg-type]  # written by the generator from the same class
    found.refused = {int(status): count for status, count in found.refused.items()}
    return found


@contextlib.asynccontextmanager
async def _process(spec: Spec) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *GENERATOR,
        spec.written(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
