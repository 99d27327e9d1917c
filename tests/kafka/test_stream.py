"""Event streams of a running router: what comes in by SMS is told to who watches, also across a killed gateway."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.kafka.numbers import phone
from tests.kafka.platform import DESK, Up, client, up
from tests.router.gateway.desktop import Desktop, Told
from tests.until import PATIENCE_S

EVENTS = "/desk/queues/emergency-vet/events"
ALL = "/desk/events"


class Watching:
    """A desktop on an open stream."""

    def __init__(self, response: httpx.Response, desktop: Desktop) -> None:
        self.desktop = desktop
        self._chunks = response.aiter_bytes()

    async def until(self, event: str, contact_id: str | None = None) -> list[Told]:
        """What it hears up to an event of that type, about that contact."""
        heard: list[Told] = []
        async with asyncio.timeout(PATIENCE_S):
            while not any(_is(told, event, contact_id) for told in heard):
                heard += self.desktop.hear(await anext(self._chunks))
        return heard

    async def until_open(self, contact_ids: Iterable[str]) -> None:
        """Hears on until all of these contacts are in open incidents."""
        async with asyncio.timeout(PATIENCE_S):
            while not {*contact_ids} <= {
                each for known in self.desktop.incidents.values() for each in known["contact_ids"]
            }:
                self.desktop.hear(await anext(self._chunks))

    async def to_its_end(self) -> list[Told]:
        heard: list[Told] = []
        # A gateway that a busy machine keeps from ending is killed: that ends it too.
        with suppress(httpx.RemoteProtocolError):
            async with asyncio.timeout(PATIENCE_S):
                async for chunk in self._chunks:
                    heard += self.desktop.hear(chunk)
        return heard


def _is(told: Told, event: str, contact_id: str | None) -> bool:
    return told.type == event and (contact_id is None or contact_id in told.data["contact_ids"])


@asynccontextmanager
async def watching(router: Up, path: str, desktop: Desktop, **params: str) -> AsyncIterator[Watching]:
    headers = {"Authorization": f"Bearer {DESK}"}
    if desktop.last_id:
        headers["Last-Event-ID"] = desktop.last_id
    async with router.http.stream("GET", path, headers=headers, params=params) as response:
        assert response.status_code == 200
        yield Watching(response, desktop)


async def texts(router: Up) -> str:
    """Somebody new's dog is in danger. The contact's id."""
    form = {
        "MessageSid": f"SM{uuid4().hex}",
        "AccountSid": "AC" + "0" * 32,
        "From": phone(),
        "To": "+18885550100",
        "Body": "my dog ate chocolate and is having a seizure",
        "NumMedia": "0",
    }
    response = await router.twilio("sms", form)
    assert response.status_code == 200, response.text
    return response.headers["x-router-contact-id"]


@pytest.fixture
async def router(kafka: str, tmp_path: Path) -> AsyncIterator[Up]:
    with up(kafka, tmp_path) as process:
        async with client(process) as router:
            yield router


async def test_who_watches_sees_what_comes_and_who_comes_back_exactly_what_was_missed(router: Up) -> None:
    desktop = Desktop()
    async with watching(router, EVENTS, desktop) as stream:
        begin = await stream.until("live")
        assert begin[0].type == "reset"
        first = await texts(router)
        seen = await stream.until("incident.opened", first)
        assert seen[-1].data["skill"] == "emergency-vet"
    missed = [await texts(router) for _ in range(3)]
    async with watching(router, ALL, Desktop(), skills="emergency-vet") as other:
        await other.until_open(missed)

    old = router.child("gateway")
    os.kill(old, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                if router.child("gateway") != old:
                    ready = (await router.http.get("/readyz")).json()
                    if ready["ready"] and not ready["degraded"]:
                        break
            except (LookupError, OSError, httpx.HTTPError):
                pass
            await asyncio.sleep(0.05)
    async with watching(router, EVENTS, desktop) as stream:
        last = await texts(router)
        seen = await stream.until("incident.opened", last)
    assert [told.type for told in seen] == 4 * ["incident.opened"]
    assert [told.data["contact_ids"] for told in seen] == [[contact] for contact in (*missed, last)]


async def test_an_id_of_another_cluster_begins_anew(router: Up) -> None:
    contact = await texts(router)
    async with watching(router, ALL, Desktop(last_id="emergency-vet:0-123456789")) as stream:
        told = await stream.until("live")
        assert (told[0].type, told[0].data) == ("reset", {"reason": "unknown"})
    async with watching(router, EVENTS, Desktop(last_id="0-123456789")) as stream:
        told = await stream.until("live")
        assert (told[0].type, told[0].data) == ("reset", {"reason": "unknown"})
        await stream.until_open([contact])


async def test_open_streams_end_when_the_router_stops_and_do_not_hold_it_up(kafka: str, tmp_path: Path) -> None:
    with up(kafka, tmp_path) as process:
        async with client(process) as router, watching(router, ALL, Desktop()) as stream:
            await stream.until("live")
            os.kill(process.pid, signal.SIGTERM)
            assert await stream.to_its_end() == []
