"""What a request names and the edge fetches for it: a certificate, a subscription to confirm.

The address comes from outside, so nothing but the host that the channel vouches for is asked: https, port 443, no user
in the address, no redirect, little time, few bytes. Proxies of the environment (HTTPS_PROXY, NO_PROXY) are honoured,
since some gateways reach the internet through nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

import httpx
import structlog

from channels.errors import Problem

WITHIN_S = 3.0
LARGEST = 64 * 1024
KEEP_S = 24 * 60 * 60.0
MOST_KEPT = 64
MOST_AT_ONCE = 8

log = structlog.get_logger()


class FetchFailed(Problem):
    """What a request names can't be fetched now."""


class Fetcher:
    """Fetches by GET. What was got is kept for a day; what failed isn't, so that the next request asks again."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[bytes]] = {}

    def start(self) -> None:
        self._client = httpx.AsyncClient(
            transport=self._transport,
            timeout=WITHIN_S,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "contact-router"},
        )

    async def stop(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def get(self, url: str, host: str) -> bytes:
        """The bytes at `url`, kept or fetched; all who ask at once wait for one fetch. Raises FetchFailed."""
        until, known = self._kept.get(url, (0.0, b""))
        if self._clock() < until:
            return known
        task = self._under_way.get(url)
        if task is None:
            task = self._begun(url, host)
        # Shielded: one who goes away doesn't end it for the others.
        return await asyncio.shield(task)

    async def confirm(self, url: str, host: str) -> None:
        """Asks `url` once; whatever it answers with 200 confirms. Raises FetchFailed."""
        await self._fetch(checked(url, host))

    def _begun(self, url: str, host: str) -> asyncio.Task[bytes]:
        address = checked(url, host)
        if len(self._under_way) >= MOST_AT_ONCE:
            raise FetchFailed
        task = asyncio.create_task(self._fetch(address), name="fetch")
        self._under_way[url] = task
        task.add_done_callback(lambda done: self._done(url, done))
        return task

    def _done(self, url: str, task: asyncio.Task[bytes]) -> None:
        del self._under_way[url]
        if task.cancelled() or task.exception() is not None:
            return
        self._kept[url] = (self._clock() + KEEP_S, task.result())
        self._kept.move_to_end(url)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    async def _fetch(self, address: httpx.URL) -> bytes:
        if self._client is None:
            raise FetchFailed
        try:
            async with asyncio.timeout(WITHIN_S), self._client.stream("GET", address) as response:
                if response.status_code != 200:
                    raise _failed(address.host, f"status {response.status_code}")
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise _failed(address.host, "encoded")
                found = bytearray()
                async for part in response.aiter_bytes():
                    found += part
                    if len(found) > LARGEST:
                        raise _failed(address.host, "too large")
        except (httpx.HTTPError, TimeoutError) as error:
            raise _failed(address.host, type(error).__name__) from None
        return bytes(found)


def checked(url: str, host: str) -> httpx.URL:
    """`url` as it is asked for. Raises FetchFailed where it is not plainly https at `host`."""
    with suppress(httpx.InvalidURL, ValueError):
        address = httpx.URL(url)
        # What different readers of an address could take for different hosts isn't asked at all.
        plain = url.isascii() and url.isprintable() and not set(url) & set(" \\@#")
        if plain and host and (address.scheme, address.host, address.port) == ("https", host.lower(), None):
            return address
    raise FetchFailed("an https address of the provider's host")


def _failed(host: str, why: str) -> FetchFailed:
    """host is the provider's, never the sender's choice; paths and queries may hold tokens and are told to nobody."""
    log.warning("fetch.failed", host=host, why=why)
    return FetchFailed()
