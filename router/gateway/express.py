"""Webhooks by the short way: straight to their hook, past the application's layers, which none of them uses.

The routes stay in the application, for its OpenAPI document and for whoever calls them by another method.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.contract import Channel
from router.gateway.hooks import Hooks
from router.gateway.measured import Measured
from router.gateway.metrics import Metrics


class Express:
    """ASGI: hooks are taken here, everything else goes to `app`."""

    def __init__(self, app: ASGIApp, channels: Sequence[Channel], hooks: Hooks, metrics: Metrics) -> None:
        self._app = app
        self._hooks = hooks
        self._hook = Measured(self._take, metrics)
        self._channels = {(method, channel.path): channel for channel in channels for method in channel.methods}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        channel = self._channels.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if channel is None:
            await self._app(scope, receive, send)
        else:
            scope["route"] = channel  # whose path it is measured under
            await self._hook(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._hooks.take(scope["route"], Request(scope, receive))
        await response(scope, receive, send)
