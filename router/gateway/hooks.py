"""Webhooks: one route a channel. Secrets, body, verify, parse, store, append; only then the answer.

A large body lies in a file, and is verified and parsed by another process; all else is the same.

Statuses: 2xx the log has it (or its dead letter); 400 it isn't the provider's; 401 no credentials; 403 forged;
413 too large; 503 with Retry-After whatever fails for reasons of ours. Never 429, never another 5xx.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from channels.contract import Channel, Reply, Request, Secrets, Texts, Verified
from channels.errors import Problem
from router.gateway import body
from router.gateway.body_files import BodyFile, BodyFiles
from router.gateway.came import CameByHttp
from router.gateway.delivery import Delivery
from router.gateway.edge import Edge
from router.gateway.fetching import Fetcher
from router.gateway.large import Large, LargeDelivery
from router.gateway.limits import Limits
from router.gateway.metrics import Metrics
from router.gateway.openapi import errors
from router.gateway.pace import SILENT_S
from router.gateway.places import Place, Places
from router.gateway.reading import LargeReading, Reading
from router.gateway.refusals import refusal_of, response
from router.gateway.trace import traceparent
from router.gateway.verification import Verification
from router.gateway.workshop import Workshop

CONTACT_HEADER = "X-Router-Contact-Id"

log = structlog.get_logger()


@dataclass(frozen=True)
class Hooks:
    """What every hook works with. public_url: without a slash at its end. most_bytes: of a body."""

    edge: Edge
    verification: Verification
    places: Places
    files: BodyFiles
    workshop: Workshop
    fetcher: Fetcher
    metrics: Metrics
    texts: Texts
    public_url: str
    most_bytes: int
    clock: Callable[[], datetime]
    silence: Limits = field(default_factory=lambda: Limits(SILENT_S))

    async def take(self, channel: Channel, http: HttpRequest) -> Response:
        """The answer to one request of a channel."""
        try:
            with self.places.take() as place:
                return await self._take(channel, http, place)
        except Problem as problem:
            return self._refuse(channel, problem)
        except Exception as error:
            log.error("hook.failed", channel=channel.name, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the content
            return self._refuse(channel, Problem())

    async def _take(self, channel: Channel, http: HttpRequest, place: Place) -> Response:
        started = time.perf_counter()
        secrets = self.verification.secrets_of(channel)
        raw = await body.take(http, self._limit(channel), place, self.files, self.silence)
        if isinstance(raw, BodyFile):
            async with raw:
                request, found = await self._take_large(channel, http, raw, secrets)
        else:
            request, found = await self._take_small(channel, http, raw, secrets)
        if found:
            ms = round((time.perf_counter() - started) * 1000, 1)
            size = raw.size if isinstance(raw, BodyFile) else len(raw)
            log.info("contact.accepted", channel=channel.name, contact=found[0], bytes=size, ms=ms)
        return self._reply(channel, request, found)

    async def _take_small(
        self, channel: Channel, http: HttpRequest, raw: bytes, secrets: Secrets | None
    ) -> tuple[Request, tuple[str, ...]]:
        request = self._request(http, raw)
        delivery = Delivery(
            channel=channel.name,
            provider=channel.provider,
            medium=channel.medium,
            raw=raw,
            media_type=_media_type(request),
            received_at=request.received_at,
            traceparent=traceparent(request.header("traceparent")),
            came=CameByHttp(request, channel.reads),
        )
        verified = await self._verified(channel, request, delivery, secrets, None)
        reading = Reading(channel.parse, request, theirs=verified is not None)
        found = await self.edge.take(delivery, reading)
        for confirmation in reading.confirmations:
            await self.fetcher.confirm(confirmation.url, confirmation.host)
            log.info("subscription.confirmed", channel=channel.name, host=confirmation.host)
        self.verification.done(channel, verified, lambda: delivery.sha256)
        return request, found

    async def _take_large(
        self, channel: Channel, http: HttpRequest, raw: BodyFile, secrets: Secrets | None
    ) -> tuple[Request, tuple[str, ...]]:
        request = self._request(http, b"")
        delivery = LargeDelivery(
            channel=channel.name,
            provider=channel.provider,
            medium=channel.medium,
            raw=b"",
            media_type=_media_type(request),
            received_at=request.received_at,
            traceparent=traceparent(request.header("traceparent")),
            came=CameByHttp(request, channel.reads),
            length=raw.size,
            digest=raw.sha256,
        )
        large = Large(raw.path, self.workshop)
        verified = await self._verified(channel, request, delivery, secrets, large)
        found = await self.edge.take_large(
            delivery, large, LargeReading(channel.parse, request, theirs=verified is not None)
        )
        self.verification.done(channel, verified, lambda: delivery.sha256)
        return request, found

    async def _verified(
        self, channel: Channel, request: Request, delivery: Delivery, secrets: Secrets | None, large: Large | None
    ) -> Verified | None:
        if secrets is None:
            return None
        return await self.verification.check(channel, request, secrets, lambda: delivery.sha256, large)

    def _limit(self, channel: Channel) -> int:
        return min(channel.limit, self.most_bytes)

    def _request(self, http: HttpRequest, raw: bytes) -> Request:
        path: bytes = http.scope.get("raw_path") or http.scope["path"].encode()
        query: bytes = http.scope["query_string"]
        target = path.partition(b"?")[0] + (b"?" + query if query else b"")
        return Request(
            method=http.method,
            url=self.public_url + target.decode("latin-1"),
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in http.scope["headers"]),
            body=raw,
            received_at=self.clock(),
        )

    def _reply(self, channel: Channel, request: Request, found: tuple[str, ...]) -> Response:
        try:
            reply = channel.reply(request, self.texts)
        except Exception as error:
            # The log has the contact: whatever is wrong with the reply, the provider must not send it again.
            log.error("reply.failed", channel=channel.name, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the content
            reply = Reply()
        headers = {CONTACT_HEADER: found[0]} if found else {}
        return Response(reply.body, reply.status, headers, media_type=reply.media_type)

    def _refuse(self, channel: Channel, problem: Problem) -> Response:
        why = refusal_of(problem).reason
        self.metrics.contacts.labels(channel.name, why).inc()
        log.warning("hook.refused", channel=channel.name, why=why)
        return response(problem, channel.provider)


def _media_type(request: Request) -> str:
    return request.media_type or "application/octet-stream"


CONTACT = {
    CONTACT_HEADER: {
        "description": "The contact's id; missing where no contact came of it",
        "schema": {"type": "string"},
    }
}
REFUSED = errors(
    _400="Not a request of this provider",
    _401="No credentials",
    _403="The signature doesn't hold",
    _413="Larger than the channel takes",
    _503="Off, overloaded, or the log is away",
)


def add_routes(app: FastAPI, channels: Sequence[Channel], hooks: Hooks) -> None:
    for channel in channels:
        for method in channel.methods:
            # One a method, since each has an operation id of its own in the description.
            app.add_api_route(
                channel.path,
                _endpoint(channel, hooks),
                methods=[method],
                name=channel.name,
                operation_id=f"{method.lower()}_{channel.name}",
                tags=["hooks"],
                summary=f"Webhook of {channel.provider}: {channel.name}",
                description=f"Verified by ROUTER_{channel.secrets}; at most {channel.limit:,} bytes.",
                response_class=Response,
                responses={200: _accepted(channel), **REFUSED},
                openapi_extra={} if method == "GET" else {"requestBody": _body(channel)},
            )


def _accepted(channel: Channel) -> dict[str, Any]:
    text = "On the log. What is signed and can't be parsed is kept for a person"
    content = {} if channel.gives is None else {channel.gives: {"schema": {"type": "string"}}}
    return {"description": text, "headers": CONTACT, "content": content}


def _body(channel: Channel) -> dict[str, Any]:
    """What is in it is the provider's to say."""
    forms = {name: {"schema": {"type": "object"}} for name in channel.takes if "form" in name}
    return {"required": True, "content": {name: forms.get(name, {"schema": {}}) for name in channel.takes}}


def _endpoint(channel: Channel, hooks: Hooks) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def hook(request: HttpRequest) -> Response:
        return await hooks.take(channel, request)

    return hook
