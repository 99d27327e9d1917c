"""/healthz: the process lives. /readyz: it can serve, part by part. /metrics: for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import Response

from router.gateway.metrics import Metrics

Parts = Mapping[str, Callable[[], bool]]


class Alive(BaseModel):
    alive: bool


class Ready(BaseModel):
    """parts: which of them are ready, by name. degraded: contacts are taken, into the spool; the rest waits."""

    ready: bool
    degraded: bool
    parts: dict[str, bool]


NOT_READY = "A part isn't ready; the body says which"
METRICS = {"description": "Every figure", "content": {"text/plain": {"schema": {"type": "string"}}}}


def router(parts: Parts, metrics: Metrics, instead: Parts = MappingProxyType({})) -> APIRouter:
    """parts: what has to hold before this gateway can serve, by name.

    instead: by a part's name, what lets contacts in while that part isn't ready.
    """
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> Alive:
        """The process lives."""
        return Alive(alive=True)

    @routes.get("/readyz", responses={200: {"model": Ready}, 503: {"model": Ready, "description": NOT_READY}})
    async def readyz() -> JSONResponse:
        """Whether the gateway can serve: the broker acknowledges, queues and results are read to their ends."""
        found = {name: part() for name, part in parts.items()}
        whole = all(found.values())
        degraded = not whole and any(not found.get(name, True) and other() for name, other in instead.items())
        ready = whole or degraded
        return JSONResponse({"ready": ready, "degraded": degraded, "parts": found}, 200 if ready else 503)

    @routes.get("/metrics", response_class=Response, responses={200: METRICS})
    async def scrape() -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
