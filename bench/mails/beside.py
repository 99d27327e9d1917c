"""Text messages at an even rate, while something else goes on."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from bench.latency.connections import Connections
from bench.latency.mix import request
from bench.latency.people import person
from bench.latency.spread import Spread
from bench.latency.system import TWILIO_TOKEN
from bench.latency.texts import text
from router.play import twilio
from router.play.sample import Keys

RATE = 20.0
CONNECTIONS = 8


@dataclass
class Texts:
    """Times in ms from when each was due to its answer. refused: answers other than 200."""

    took_ms: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def spread(self) -> Spread:
        return Spread.of(self.took_ms)


async def texts(gateway: str, until: asyncio.Event, seed: int) -> Texts:
    """Offers until `until` is set, then waits for what is under way."""
    url, rng, found = urlsplit(gateway), Random(seed), Texts()  # noqa: S311 - invented people
    connections = Connections(url.hostname or "127.0.0.1", url.port or 80)
    await connections.open(CONNECTIONS)
    keys, began, number, answers = Keys(gateway, TWILIO_TOKEN), time.perf_counter(), 0, 0
    try:
        while not until.is_set():
            due = began + number / RATE

            def answered(status: int, due: float = due) -> None:
                nonlocal answers
                answers += 1
                found.refused += status != 200
                found.took_ms.append((time.perf_counter() - due) * 1000)

            own = seed * 100_000 + number
            sample = twilio.text(person(own, rng), text(own), keys, rng)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            connections.send(request(sample, url.netloc), answered)
            number += 1
        async with asyncio.timeout(10):
            while answers < number:  # noqa: ASYNC110 - answers come by callback
                await asyncio.sleep(0.02)
    finally:
        connections.close()
    return found
