"""How the gateway's OpenAPI document tells of errors: as they are, in our form."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from router.gateway.problems import ErrorBody

Responses = dict[int | str, dict[str, Any]]

SUPPOSED = ("HTTPValidationError", "ValidationError")
"""Models of the framework's own 422, which none of our routes answers."""

RETRY_AFTER = {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer", "minimum": 0}}}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "What is asked for", "required": True, "schema": {"type": "string"}}},
    503: RETRY_AFTER,
    504: RETRY_AFTER,
}


def errors(**texts: str) -> Responses:
    """By status: `errors(_404="No such queue")`."""
    return {int(name[1:]): _error(int(name[1:]), text) for name, text in texts.items()}


def _error(status: int, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"model": ErrorBody, "description": text}
    return {**found, "headers": HEADERS[status]} if status in HEADERS else found


def install(app: FastAPI) -> None:
    """The framework supposes a 422 of its own for whatever takes a parameter; only those that we name are left."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        for operations in document["paths"].values():
            for operation in operations.values():
                if _supposed(operation["responses"].get("422", {})):
                    del operation["responses"]["422"]
        for name in SUPPOSED:
            document["components"]["schemas"].pop(name, None)
        return document

    # The framework's documented way.
    app.openapi = openapi  # type: ignore[method-assign]


def _supposed(response: dict[str, Any]) -> bool:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).endswith(SUPPOSED)
