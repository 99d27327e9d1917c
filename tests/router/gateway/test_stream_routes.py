"""The streams' endpoints, called as a server calls them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from router.gateway import stream_routes
from router.gateway.app import build
from router.gateway.stream_routes import ABORT
from scoring.model import Skill
from tests.router.gateway.desktop import Desktop, Told
from tests.router.gateway.parts import DESK, PoolLog, Running, running
from tests.router.stages.situations import S3, came


@dataclass
class Opened:
    """A stream as its client sees it. done: it has ended."""

    desktop: Desktop = field(default_factory=Desktop)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    done: bool = False
    aborted: bool = False
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.desktop.hear(message["body"])
            self.done = not message["more_body"]
        self.heard.set()

    async def until(self, count: int) -> list[Told]:
        """Its events, once there are so many."""
        async with asyncio.timeout(5):
            while len(self.desktop.told) < count:
                self.heard.clear()
                await self.heard.wait()
        return self.desktop.told

    def abort(self) -> None:
        self.aborted = True
        self.gone.set()


@asynccontextmanager
async def opened(up: Running, path: str, **headers: str) -> AsyncIterator[Opened]:
    """The client goes with the context."""
    client, asked = Opened(), False

    async def receive() -> Any:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await client.gone.wait()
        return {"type": "http.disconnect"}

    route, _, query = path.partition("?")
    sent = {"authorization": f"Bearer {DESK}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "method": "GET",
        "path": route,
        "raw_path": route.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "state": {ABORT: client.abort},
    }
    task = asyncio.create_task(up.parts.app(scope, receive, client.send))
    try:
        yield client
    finally:
        client.gone.set()
        async with asyncio.timeout(5):
            await task


def happens(desk: Running, name: str, skill: Skill) -> None:
    assert isinstance(desk.log, PoolLog)
    desk.log.tell(*desk.log.table.take(came(name, name, S3, skill)).outcomes)


async def test_a_queue_s_stream_tells_what_is_open_and_then_what_happens(desk: Running) -> None:
    happens(desk, "c1", Skill.CLAIMS)
    async with opened(desk, "/desk/queues/claims/events") as client:
        await client.until(3)
        assert (client.status, client.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert client.headers["cache-control"] == "no-store"
        happens(desk, "c2", Skill.GENERAL)
        happens(desk, "c3", Skill.CLAIMS)
        told = await client.until(4)
        assert [each.type for each in told] == ["reset", "snapshot", "live", "incident.opened"]
        assert told[-1].id == "0-1"
        assert desk.metric("router_streams") == 1
    assert desk.metric("router_streams") == 0


@pytest.mark.parametrize("how", ["header", "query"])
async def test_with_the_last_id_only_what_came_after_is_told(desk: Running, how: str) -> None:
    for name in ("c1", "c2", "c3"):
        happens(desk, name, Skill.CLAIMS)
    path, headers = "/desk/queues/claims/events", {}
    if how == "header":
        headers["last_event_id"] = "0-0"
    else:
        path += "?last_event_id=0-0"
    async with opened(desk, path, **headers) as client:
        told = await client.until(2)
        assert [(each.type, each.id) for each in told] == [("incident.opened", "0-1"), ("incident.opened", "0-2")]
    assert desk.metric("router_streams_opened_total", start="resumed") == 1


@pytest.mark.parametrize(
    ("query", "seen"), [("", {"c1", "c2", "c3"}), ("?skills=claims,general", {"c1", "c2"}), ("?skills=claims", {"c1"})]
)
async def test_one_stream_over_several_queues_or_all(desk: Running, query: str, seen: set[str]) -> None:
    happens(desk, "c1", Skill.CLAIMS)
    happens(desk, "c2", Skill.GENERAL)
    happens(desk, "c3", Skill.EMERGENCY_VET)
    async with opened(desk, f"/desk/events{query}") as client:
        told = await client.until(len(seen) + 2)
        assert [each.type for each in told] == ["reset", *len(seen) * ["snapshot"], "live"]
        alone = told[-1].id == "0-0"
        assert alone == (len(seen) == 1)


async def test_a_skill_that_there_is_not_is_named(desk: Running) -> None:
    one = await desk.ask("GET", "/desk/queues/no-such/events")
    several = await desk.ask("GET", "/desk/events?skills=claims,no-such")
    assert (one.status_code, one.json()["reason"], one.json()["field"]) == (404, "unknown", "skill")
    assert (several.status_code, several.json()["reason"], several.json()["field"]) == (422, "malformed", "skills")
    assert "claims" in several.json()["expected"]


async def test_without_a_token_there_is_no_stream(desk: Running) -> None:
    async with desk.client() as client:
        assert (await client.get("/desk/events")).status_code == 401


async def test_beyond_the_cap_a_client_is_told_when_to_come_again(tmp_path: Path) -> None:
    up = running(tmp_path, desk_streams=1)
    async with opened(up, "/desk/events") as client:
        await client.until(2)
        refused = await up.ask("GET", "/desk/events")
        assert (refused.status_code, refused.json()) == (503, {"reason": "too-many-streams"})
        assert int(refused.headers["retry-after"]) >= 1
    async with opened(up, "/desk/events") as client:
        await client.until(2)


async def test_before_the_queues_are_read_to_their_ends_there_is_no_stream(tmp_path: Path) -> None:
    up = running(tmp_path)
    object.__setattr__(up.gateway, "parts", {"queues": lambda: False})
    up.parts = build(up.gateway)
    refused = await up.ask("GET", "/desk/events")
    assert (refused.status_code, refused.json(), refused.headers["retry-after"]) == (503, {"reason": "starting"}, "1")


async def test_who_is_cut_off_loses_the_connection(desk: Running) -> None:
    async with opened(desk, "/desk/events") as client:
        await client.until(2)
        (stream,) = desk.gateway.streams._aborts
        stream.sending_since = -10.0
        desk.gateway.streams.watch()
        assert client.aborted
    assert desk.metric("router_streams_cut_total", why="stuck") == 1


async def test_when_the_gateway_stops_streams_end_and_none_begins(desk: Running) -> None:
    async with opened(desk, "/desk/events") as client:
        await client.until(2)
        async with desk.gateway.streams.running():
            pass
        async with asyncio.timeout(5):
            while not client.done:
                client.heard.clear()
                await client.heard.wait()
    refused = await desk.ask("GET", "/desk/events")
    assert (refused.status_code, refused.json()) == (503, {"reason": "stopping"})


def test_the_api_s_description_says_that_these_are_event_streams(up: Running) -> None:
    app = FastAPI()
    app.include_router(stream_routes.router(up.gateway.streams, lambda: True))
    paths = app.openapi()["paths"]
    for path, refused in (("/desk/queues/{skill}/events", "404"), ("/desk/events", "422")):
        answers = paths[path]["get"]["responses"]
        assert list(answers["200"]["content"]) == ["text/event-stream"]
        assert {"401", refused, "503"} <= set(answers)
        names = {each["name"] for each in paths[path]["get"]["parameters"]}
        assert {"Last-Event-ID", "last_event_id"} <= names
