"""What a request needs fetched before it can be verified, and subscriptions: by HTTP, with a far end of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from channels.contact import Contact, Medium
from channels.contract import MIB, Channel, Confirmation, Need, Parse, Request, Secrets, Verified
from channels.errors import Forged, NotTheirs
from router.gateway.fetching import Fetcher
from tests.router.gateway.parts import Running, running

HOST = "certificates.example.com"
URL = f"https://{HOST}/one.pem"


def needs(request: Request, secrets: Secrets) -> tuple[Need, ...]:
    if request.body.startswith(b"forged"):
        raise Forged
    if request.body.startswith(b"strange"):
        raise NotTheirs
    return (Need(URL, HOST, instead="SES_CERTIFICATES"),)


def verify(request: Request, secrets: Secrets) -> Verified:
    if request.fetched[URL] not in (b"certificate", b"first\nsecond"):
        raise Forged
    return Verified()


def sign(request: Request, key: str) -> Request:
    return request


def parse(request: Request) -> list[Contact] | Confirmation:
    if request.body == b"subscribe":
        return Confirmation(f"https://{HOST}/?Token=private", HOST)
    return []


@dataclass
class Far:
    """up: it answers. asked: paths and queries."""

    up: bool = True
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        return httpx.Response(200 if self.up else 500, content=b"certificate")


@dataclass
class Case:
    up: Running
    far: Far

    async def post(self, body: bytes = b"a message") -> httpx.Response:
        async with self.up.client() as client:
            return await client.post("/hooks/test", content=body)


@asynccontextmanager
async def gateway(data: Path, *, parse: Parse = parse, **settings: Any) -> AsyncIterator[Case]:
    channel = Channel("test", "ses", "/hooks/test", Medium.EMAIL, verify, parse, "SES_TOPIC_ARNS", sign, needs=needs)
    far = Far()
    fetcher = Fetcher(httpx.MockTransport(far))
    up = running(data, channels=[channel], environ={"ROUTER_SES_TOPIC_ARNS": "arn"}, fetcher=fetcher, **settings)
    fetcher.start()
    try:
        yield Case(up, far)
    finally:
        await fetcher.stop()
        await up.gateway.workshop.stop()
        await up.gateway.files.stop()


async def test_what_a_request_needs_is_fetched_before_it_is_verified(tmp_path: Path) -> None:
    async with gateway(tmp_path) as case:
        assert [(await case.post()).status_code for _ in range(2)] == [200, 200]
        assert (await case.post(b"x" * (2 * MIB))).status_code == 200
        assert case.far.asked == ["/one.pem"]


async def test_what_cannot_be_fetched_lets_nobody_in_and_may_come_again(tmp_path: Path) -> None:
    async with gateway(tmp_path) as case:
        case.far.up = False
        response = await case.post()
        assert (response.status_code, response.json()) == (503, {"reason": "cannot-verify"})
        assert "retry-after" in response.headers
        case.far.up = True
        assert (await case.post()).status_code == 200


async def test_files_are_taken_instead_and_read_anew(tmp_path: Path) -> None:
    one, other = tmp_path / "one.pem", tmp_path / "other.pem"
    one.write_bytes(b"first")
    other.write_bytes(b"second")
    async with gateway(tmp_path) as case:
        case.up.environ["ROUTER_SES_CERTIFICATES"] = f"{one},{other}"
        assert (await case.post()).status_code == 200
        other.write_bytes(b"changed")
        assert (await case.post()).status_code == 403
        assert case.far.asked == []


async def test_a_file_that_is_missing_is_our_trouble_and_the_log_names_the_setting(tmp_path: Path) -> None:
    async with gateway(tmp_path) as case:
        case.up.environ["ROUTER_SES_CERTIFICATES"] = str(tmp_path / "missing.pem")
        with capture_logs() as logs:
            assert (await case.post()).status_code == 503
        assert [entry["setting"] for entry in logs if entry["event"] == "files.unreadable"] == [
            "ROUTER_SES_CERTIFICATES"
        ]
        assert case.far.asked == []


@pytest.mark.parametrize("size", [1, 2 * MIB])
async def test_needs_that_are_refused_count_like_a_wrong_signature(tmp_path: Path, size: int) -> None:
    async with gateway(tmp_path) as case:
        assert (await case.post(b"strange" + b"x" * size)).status_code == 400
        for _ in range(5):
            assert (await case.post(b"forged" + b"x" * size)).status_code == 403
        assert case.up.metric("router_alert", alert="signatures_failing", provider="ses") == 1
        assert case.far.asked == []


async def test_a_provider_that_is_off_has_nothing_fetched(tmp_path: Path) -> None:
    async with gateway(tmp_path) as case:
        case.up.environ.clear()
        assert (await case.post()).json()["reason"] == "off"
        assert case.far.asked == []


async def test_a_subscription_is_confirmed_and_its_token_told_to_nobody(tmp_path: Path) -> None:
    async with gateway(tmp_path) as case:
        with capture_logs() as logs:
            response = await case.post(b"subscribe")
        assert (response.status_code, response.text) == (200, "")
        assert case.far.asked == ["/one.pem", "/?Token=private"]
        assert "subscription.confirmed" in [entry["event"] for entry in logs]
        assert "private" not in str(logs)
        assert case.up.log.messages == []


async def test_a_subscription_that_cannot_be_confirmed_is_asked_for_again(tmp_path: Path) -> None:
    async with gateway(tmp_path) as case:
        await case.post()
        case.far.up = False
        response = await case.post(b"subscribe")
        assert (response.status_code, response.json()) == (503, {"reason": "cannot-confirm"})


async def test_nothing_is_fetched_or_confirmed_for_who_need_not_sign(tmp_path: Path) -> None:
    async with gateway(tmp_path, allow_unsigned=("ses",)) as case:
        assert (await case.post(b"subscribe")).status_code == 200
        assert case.far.asked == []
        assert len(case.up.log.on("gateway.dlq")) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "DELETE"])
async def test_a_method_that_a_channel_does_not_take_is_refused(tmp_path: Path, method: str) -> None:
    async with gateway(tmp_path) as case, case.up.client() as client:
        assert (await client.request(method, "/hooks/test")).status_code == 405
