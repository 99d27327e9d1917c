"""Error bodies: {"reason", and where it helps "field", "expected", "owner", "since"}."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from channels.errors import Malformed
from router.gateway.log import Unavailable

RETRY_AFTER_S = 5
LONG_RETRY_AFTER_S = 60


class ErrorBody(BaseModel):
    """Why a request wasn't done.

    reason: in a word. field, expected: what was wrong with the request. owner, since: who has the incident.
    """

    reason: str
    field: str | None = None
    expected: str | None = None
    owner: str | None = None
    since: AwareDatetime | None = None


def answer(status: int, body: ErrorBody, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(body.model_dump(mode="json", exclude_none=True), status, headers)


def refusal(
    status: int,
    reason: str,
    *,
    field: str | None = None,
    expected: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    return answer(status, ErrorBody(reason=reason, field=field, expected=expected), headers)


def try_again(reason: str, after_s: int = RETRY_AFTER_S, *, expected: str | None = None) -> JSONResponse:
    """503: our trouble, never the caller's."""
    return refusal(503, reason, expected=expected, headers={"Retry-After": str(after_s)})


def install(app: FastAPI) -> None:
    """Every error of the framework in our form."""
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Malformed, _field)
    app.add_exception_handler(Unavailable, _unavailable)


def _unavailable(request: Request, error: Exception) -> JSONResponse:
    return try_again("log-away")


def _field(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Malformed):
        raise error
    return refusal(422, "malformed", field=error.field, expected=error.expected)


def _malformed(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    first: dict[str, Any] = error.errors()[0]
    if first["type"] == "json_invalid":
        return refusal(400, "malformed", field="body", expected="JSON")
    where = [str(part) for part in first["loc"] if part not in ("body", "path", "query", "header")]
    return refusal(422, "malformed", field=".".join(where) or "body", expected=str(first["msg"]))


def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    reason = {404: "unknown", 405: "method-not-allowed"}.get(error.status_code, "refused")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return refusal(error.status_code, reason, headers=headers)


def _methods(request: Request) -> set[str]:
    """All that there are at the path; the framework only names those of the first of its routes."""
    found: set[str] = set()
    for route in request.app.router.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found
