"""Webhooks by the short way: straight to their hook, past the routing and the dependencies that none of them uses.

The routes stay in the application, for its OpenAPI document and for whoever calls them by another method.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.contract import Channel
from router.gateway.hooks import Hooks


class Express:
    """ASGI middleware. Tells who measures which route it was, as routing would."""

    def __init__(self, app: ASGIApp, channels: Sequence[Channel], hooks: Hooks) -> None:
        self._app = app
        self._hooks = hooks
        self._channels = {(method, channel.path): channel for channel in channels for method in channel.methods}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        channel = self._channels.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if channel is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = channel
        response = await self._hooks.take(channel, Request(scope, receive))
        await response(scope, receive, send)
