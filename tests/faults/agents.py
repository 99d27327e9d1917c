"""Agents at their desktops: they look at the queues, claim what waits at the same time, release or resolve it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Any

import httpx

from router.model.ids import command_id
from scoring.model import Skill
from tests.checker.ledger import Asked
from tests.faults.book import Book
from tests.faults.pools import POOLS
from tests.faults.secrets import DESK

CAPACITY = 3
TRIES = 60
SKILLS = {skill.value: 5 for skill in Skill} | {"lang-en": 5}
HEAD = {"Authorization": f"Bearer {DESK}"}


@dataclass
class Desk:
    """A client of the desk API that keeps what it asked, and tries what wasn't answered again under the same key."""

    http: httpx.AsyncClient
    book: Book
    rng: Random

    async def command(self, path: str, agent: str, body: Mapping[str, Any], incident: str | None = None) -> int | None:
        """The answer's status; None where none came however often it was tried. path: under /desk."""
        key = f"{self.rng.getrandbits(96):024x}"
        asked = command_id(DESK, f"/desk{path}", key)
        status: int | None = None
        for _ in range(TRIES):
            status = await self._once(path, body, key)
            if status is not None and status < 500:
                break
            await asyncio.sleep(self.rng.uniform(0.1, 0.8))
        if status is not None and status >= 500:
            status = None
        self.book.asks(Asked(asked, agent, status, incident), path.rpartition("/")[2])
        return status

    async def present(self, agent: str, pool: str, capacity: int = CAPACITY) -> None:
        body = {"presence": "available", "skills": SKILLS, "capacity": capacity, "pool": pool}
        await self.command(f"/agents/{agent}/presence", agent, body)

    async def on(self, incident: str, what: str, agent: str) -> int | None:
        return await self.command(f"/incidents/{incident}/{what}", agent, {"agent_id": agent}, incident)

    async def waiting(self, pool: str, limit: int = 40) -> list[str]:
        """Incidents of a pool on one queue; none where it can't be read now."""
        skill = self.rng.choice(list(Skill)).value
        try:
            found = await self.http.get(f"/desk/queues/{skill}", params={"limit": limit}, headers=HEAD)
            listed = found.json()["incidents"] if found.status_code == 200 else []
        except (httpx.HTTPError, ValueError):
            return []
        return [one["incident_id"] for one in listed if one["state"] == "waiting" and one["pool"] == pool]

    async def _once(self, path: str, body: Mapping[str, Any], key: str) -> int | None:
        try:
            head = {**HEAD, "Idempotency-Key": key}
            return (await self.http.post(f"/desk{path}", json=body, headers=head)).status_code
        except httpx.HTTPError:
            return None


async def work(desk: Desk, agents: int, rng: Random, stop: asyncio.Event) -> None:
    """`agents` at work until `stop`; two at a time claim the same incident, and each claims more than it may hold."""
    names = [f"agent-{rng.getrandbits(32):08x}" for _ in range(agents)]
    pairs = [
        (*pair, pool) for pair, pool in zip(zip(names[::2], names[1::2], strict=False), cycle(POOLS), strict=False)
    ]
    await asyncio.gather(*(desk.present(name, pool) for one, other, pool in pairs for name in (one, other)))
    await asyncio.gather(*(_pair(desk, one, other, pool, rng, stop) for one, other, pool in pairs))


async def _pair(desk: Desk, one: str, other: str, pool: str, rng: Random, stop: asyncio.Event) -> None:
    held: dict[str, list[str]] = {one: [], other: []}
    while not stop.is_set():
        for incident in (await desk.waiting(pool))[: rng.randrange(1, 4)]:
            got = await asyncio.gather(*(desk.on(incident, "claim", name) for name in (one, other)))
            for name, status in zip((one, other), got, strict=True):
                if status == 200:
                    held[name].append(incident)
        for name, mine in held.items():
            while mine and (len(mine) >= CAPACITY or rng.random() < 0.5):
                await desk.on(mine.pop(), rng.choice(("release", "resolve")), name)
        await asyncio.sleep(rng.uniform(0.1, 0.4))
