from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from router.gateway import fetching
from router.gateway.fetching import Fetcher, FetchFailed, checked
from tests.until import until

HOST = "sns.us-east-1.amazonaws.com"
URL = f"https://{HOST}/certificate.pem"

Answer = Callable[[], httpx.Response]


def found() -> httpx.Response:
    return httpx.Response(200, content=b"certificate")


@dataclass
class Far:
    """What is asked, and what it answers. gate: answers wait for it."""

    answer: Answer = found
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    now: float = 0.0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if self.gate is not None:
            await self.gate.wait()
        return self.answer()

    @asynccontextmanager
    async def fetcher(self) -> AsyncIterator[Fetcher]:
        made = Fetcher(httpx.MockTransport(self), clock=lambda: self.now)
        made.start()
        try:
            yield made
        finally:
            await made.stop()


async def test_a_certificate_is_fetched_once_a_day() -> None:
    far = Far()
    async with far.fetcher() as fetcher:
        assert [await fetcher.get(URL, HOST) for _ in range(2)] == [b"certificate"] * 2
        assert len(far.asked) == 1
        far.now = fetching.KEEP_S + 1
        await fetcher.get(URL, HOST)
    assert len(far.asked) == 2


async def test_all_who_ask_at_once_wait_for_one_fetch_and_none_ends_it_for_the_others() -> None:
    far = Far(gate=asyncio.Event())
    async with far.fetcher() as fetcher:
        gone, *others = [asyncio.create_task(fetcher.get(URL, HOST)) for _ in range(5)]
        await until(lambda: bool(far.asked), 5)
        gone.cancel()
        await asyncio.sleep(0)
        assert far.gate is not None
        far.gate.set()
        assert await asyncio.gather(*others) == [b"certificate"] * 4
    assert gone.cancelled()
    assert len(far.asked) == 1


def unreachable() -> httpx.Response:
    raise httpx.ConnectTimeout("of the host")


FAILING: list[Answer] = [
    unreachable,
    lambda: httpx.Response(500),
    lambda: httpx.Response(301, headers={"location": f"https://{HOST}/other"}),
    lambda: httpx.Response(200, content=b"x" * (fetching.LARGEST + 1)),
    lambda: httpx.Response(200, content=b"\x1f\x8b", headers={"content-encoding": "gzip"}),
]


@pytest.mark.parametrize("answer", FAILING)
async def test_what_fails_is_asked_for_again_and_leads_nowhere_else(answer: Answer) -> None:
    far = Far(answer)
    async with far.fetcher() as fetcher:
        with capture_logs() as logs:
            for _ in range(2):
                with pytest.raises(FetchFailed):
                    await fetcher.get(URL, HOST)
        with pytest.raises(FetchFailed):
            await fetcher.confirm(f"https://{HOST}/?Token=private", HOST)
    assert far.asked[:2] == [URL, URL]
    assert len(far.asked) == 3
    assert {entry["host"] for entry in logs} == {HOST}


ELSEWHERE = [
    f"http://{HOST}/c",
    f"https://{HOST}:8443/c",
    f"https://{HOST}.example.com/c",
    f"https://user@{HOST}/c",
    f"https://example.com\\@{HOST}/c",
    f"https://example.com#@{HOST}/c",
    f"https://{HOST}/a b",
    f"https://{HOST}\n.example.com/c",
    "https://example.com/c",
    "https:///c",
    f"//{HOST}/c",
    "file:///etc/passwd",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_nothing_but_the_provider_s_host_is_asked(url: str) -> None:
    far = Far()
    async with far.fetcher() as fetcher:
        with pytest.raises(FetchFailed):
            await fetcher.get(url, HOST)
        with pytest.raises(FetchFailed):
            await fetcher.confirm(url, HOST)
    assert far.asked == []


@given(
    st.text(max_size=60) | st.builds("https://{}{}{}".format, st.text(max_size=9), st.just(HOST), st.text(max_size=9))
)
def test_whatever_the_address_it_is_refused_or_the_host_s(url: str) -> None:
    try:
        found = checked(url, HOST)
    except FetchFailed:
        return
    assert (found.scheme, found.host, found.port, found.userinfo) == ("https", HOST, None, b"")


async def test_no_more_is_fetched_at_once_than_a_few() -> None:
    far = Far(gate=asyncio.Event())
    async with far.fetcher() as fetcher:
        waiting = [asyncio.create_task(fetcher.get(f"{URL}?{number}", HOST)) for number in range(fetching.MOST_AT_ONCE)]
        await until(lambda: len(far.asked) == fetching.MOST_AT_ONCE, 5)
        with pytest.raises(FetchFailed):
            await fetcher.get(f"{URL}?more", HOST)
        assert far.gate is not None
        far.gate.set()
        await asyncio.gather(*waiting)


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 502 No\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(proxy, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        fetcher = Fetcher()
        fetcher.start()
        with pytest.raises(FetchFailed):
            await fetcher.get(URL, HOST)
        await fetcher.stop()
    assert asked == [f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode()]


async def test_nothing_is_fetched_before_the_start_or_after_the_stop() -> None:
    fetcher = Fetcher()
    with pytest.raises(FetchFailed):
        await fetcher.get(URL, HOST)
    fetcher.start()
    await fetcher.stop()
    with pytest.raises(FetchFailed):
        await fetcher.get(URL, HOST)
