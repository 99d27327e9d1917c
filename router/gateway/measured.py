"""Times every request, by route and status; and the last one to hear of an error that nobody expected."""

from __future__ import annotations

import time
import traceback
from pathlib import Path

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from router.gateway.metrics import Metrics
from router.gateway.problems import refusal

NO_ROUTE = "none"

log = structlog.get_logger()


class Measured:
    """ASGI middleware. The label is the route's pattern, so that no id stands in a metric."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), ""

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            # Were it raised, the server would log its words, and they may quote what somebody wrote.
            log.error("request.failed", error=type(error).__name__, where=_place(error))  # noqa: TRY400 - as above
            if not status:
                await refusal(500, "failed")(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            self._metrics.requests.labels(route, status).observe(time.perf_counter() - started)


def _place(error: Exception) -> str:
    """File and line that it was raised at."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
