"""/healthz: the process lives. /readyz: it can serve, part by part. /metrics: for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from router.gateway.metrics import Metrics

Parts = Mapping[str, Callable[[], bool]]


def router(parts: Parts, metrics: Metrics) -> APIRouter:
    """parts: what has to hold before this gateway can serve, by name."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> dict[str, bool]:
        """The process lives."""
        return {"alive": True}

    @routes.get("/readyz", responses={503: {"description": "A part isn't ready; the body says which"}})
    async def readyz() -> JSONResponse:
        """Whether the gateway can serve: the broker acknowledges, queues and results are read to their ends."""
        found = {name: part() for name, part in parts.items()}
        ready = all(found.values())
        return JSONResponse({"ready": ready, "parts": found}, 200 if ready else 503)

    @routes.get("/metrics", response_class=Response)
    async def scrape() -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
