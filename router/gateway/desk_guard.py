"""Who may use the desk API: a bearer token of ROUTER_DESK_TOKENS, asked before anything of the request is read.

It also bounds a body, since the framework reads all of one before it looks at it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from router.gateway import body
from router.gateway.body import BodyCutOff, BodyTooLarge
from router.gateway.problems import refusal
from router.gateway.refusals import response
from router.settings import SecretFiles

PREFIX = "/desk"
TOKENS = "DESK_TOKENS"
LARGEST_BODY = 256 * 1024


class DeskGuard:
    """ASGI middleware. Without a token configured nobody is let in."""

    def __init__(self, app: ASGIApp, secrets: SecretFiles) -> None:
        self._app = app
        self._secrets = secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not self._secrets.get(TOKENS).match(bearer(request.headers.get("authorization")) or ""):
            refused = refusal(401, "unauthenticated", headers={"WWW-Authenticate": 'Bearer realm="desk"'})
            await refused(scope, receive, send)
            return
        try:
            content = await body.read(request, LARGEST_BODY)
        except (BodyTooLarge, BodyCutOff) as problem:
            await response(problem, "desk")(scope, receive, send)
        else:
            await self._app(scope, _again(content, receive), send)


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header; None where there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _guarded(path: str) -> bool:
    return path == PREFIX or path.startswith(PREFIX + "/")


def _again(content: bytes, receive: Receive) -> Receive:
    """The body that was read already, then whatever comes after it."""
    left: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again
