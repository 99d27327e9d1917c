"""The real thing, as a user starts it: `router up` with its embedded Kafka, on a folder that is given."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.latency.usage import Usage, children, usage, words

TWILIO_TOKEN = "bench-token"
POSTMARK_AUTH = "bench:secret"
SECRETS = {
    "ROUTER_TWILIO_AUTH_TOKENS": TWILIO_TOKEN,
    "ROUTER_POSTMARK_BASIC_AUTH": POSTMARK_AUTH,
    "ROUTER_DESK_TOKENS": "bench-desk",
}
PARTS: Mapping[str, str] = {"gateway": "gateway", "worker": "worker", "broker": "kafka.Kafka"}
"""A word of each part's command line."""

START_S = 180
STOP_S = 20


@dataclass(frozen=True)
class System:
    """start_s: from the command to the line that says it serves. pids: by part."""

    gateway: str
    kafka: str
    start_s: float
    pids: Mapping[str, int]

    def usage(self) -> dict[str, Usage]:
        """Raises OSError where a part has ended."""
        return {part: usage(pid) for part, pid in self.pids.items()}


@contextlib.asynccontextmanager
async def running(data: Path) -> AsyncIterator[System]:
    """Stops it at the end, whatever happened. Its log is <data>/bench.log. Raises TimeoutError, ValueError."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTER_", "KAFKA_"))}
    command = ("-m", "router", "up", "--data", str(data), "--port", "0", "--smtp-port", "0", "--kafka-port", "0")
    started = time.perf_counter()
    with (data / "bench.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env={**kept, **SECRETS},
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is ours to handle: it is stopped in order
        )
    try:
        async with asyncio.timeout(START_S):
            line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise ValueError(f"router up ended: {(data / 'bench.log').read_text()[-2000:]}")
        told = json.loads(line)
        yield System(told["gateway"], told["kafka"], time.perf_counter() - started, _pids(process.pid))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _pids(up: int) -> dict[str, int]:
    found = {}
    for pid in children(up):
        line = words(pid)
        found.update({part: pid for part, word in PARTS.items() if word in line})
    if set(found) != set(PARTS):
        raise ValueError(f"expected {', '.join(PARTS)}, found {', '.join(found)}")
    return found
