"""A broker and a gateway, as processes; no worker, since the benchmark itself writes the queues' topics."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.latency.usage import Usage, usage

TOKEN = "bench-desk"
READY_S = 120
STOP_S = 10
MORE_STREAMS = 100


@dataclass(frozen=True)
class System:
    gateway: str
    kafka: str
    pid: int

    def usage(self) -> Usage:
        """The gateway's. Raises OSError where it has ended."""
        return usage(self.pid)


@contextlib.asynccontextmanager
async def running(data: Path, streams: int) -> AsyncIterator[System]:
    """With room for `streams`. Stops both at the end, whatever happened."""
    env = {"ROUTER_DESK_TOKENS": TOKEN, "ROUTER_DESK_STREAMS": str(streams + MORE_STREAMS)}
    async with _part(data, env, "broker", "--data", str(data), "--kafka-port", "0") as (_, broker):
        kafka = broker["kafka"]
        env["KAFKA_BOOTSTRAP_SERVERS"] = kafka
        made = await asyncio.create_subprocess_exec(
            *_command("topics", "create"), env=_env(env), stdout=asyncio.subprocess.DEVNULL
        )
        if await made.wait():
            raise ValueError("router topics create failed")
        mine = data / "gateway"
        mine.mkdir()
        ports = ("--port", "0", "--smtp-port", "0")
        async with _part(mine, env, "gateway", "--data", str(mine), *ports) as (process, gateway):
            yield System(gateway["gateway"], kafka, process.pid)


@contextlib.asynccontextmanager
async def _part(
    data: Path, env: dict[str, str], *words: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    """Its process and its ready line. Its log is <data>/<part>.log."""
    with (data / f"{words[0]}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *_command(*words),
            env=_env(env),
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is ours to handle: it is stopped in order
        )
    try:
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise ValueError(f"router {words[0]} ended: {(data / f'{words[0]}.log').read_text()[-2000:]}")
        yield process, json.loads(line)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _command(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "router", *words)


def _env(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTER_", "KAFKA_"))}
    return {**kept, **more}
