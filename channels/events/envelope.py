"""CloudEvents 1.0 over HTTP (CloudEvents, "HTTP Protocol Binding"): structured, batched, and binary mode.

Only the body and `webhook-id` are signed. In binary mode the attributes are headers beside it, so `ce-id` must be the
`webhook-id`: what nobody signed can't make a second contact of an event. Whoever wants all of them signed sends
structured mode.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, StringConstraints, ValidationError

from channels import standard_webhooks
from channels.contract import Request, malformed
from channels.errors import Malformed
from channels.times import iso8601

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MOST_IN_A_BATCH = 200

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]

_JSON = re.compile(r"application/json|[a-z0-9!#$&^_.-]+/[a-z0-9!#$&^_.-]+\+json")


class Attributes(BaseModel):
    """Context attributes. time: as told; what is no time is left out."""

    specversion: Literal["1.0"]
    id: Text
    source: Reference
    type: Text
    time: str | None = None
    datacontenttype: str | None = None


class Structured(Attributes):
    data: Any = None


@dataclass(frozen=True)
class Event:
    """One event. before: what stands before an attribute's name in errors (`ce-`, a number in a batch).

    within: path of the data; empty where the body is the data.
    """

    attributes: Attributes
    data: Any
    before: str
    within: str

    @property
    def time(self) -> datetime | None:
        return iso8601(self.attributes.time)

    def named(self, attribute: str) -> str:
        """The attribute's name in this request."""
        return self.before + attribute

    def path(self, field: str) -> str:
        """The path of a field of the data in this request; `body` is the data itself."""
        if field == "body":
            return self.within or field
        return f"{self.within}.{field}" if self.within else field


def events(request: Request) -> list[Event]:
    """Of one request. Raises Malformed with the attribute's name, in a batch behind its number."""
    if request.media_type == BATCH:
        told = _json(request.body)
        if not isinstance(told, list) or len(told) > MOST_IN_A_BATCH:
            raise Malformed("body", f"an array of at most {MOST_IN_A_BATCH} events", type(told).__name__)
        return [_structured(each, f"{n}.") for n, each in enumerate(told)]
    if request.media_type == STRUCTURED:
        return [_structured(_json(request.body), "")]
    return [_binary(request)]


def _structured(told: object, prefix: str) -> Event:
    event = _read(Structured, told, prefix)
    _check_type(event, f"{prefix}datacontenttype")
    return Event(event, event.data, prefix, f"{prefix}data")


def _binary(request: Request) -> Event:
    headers = {name.lower()[3:]: unquote(value) for name, value in request.headers if name.lower().startswith("ce-")}
    attributes = _read(Attributes, headers | {"datacontenttype": request.media_type or None}, "ce-")
    _check_type(attributes, "content-type")
    if attributes.id != (request.header(standard_webhooks.ID) or "").strip():
        raise Malformed("ce-id", f"the {standard_webhooks.ID}, which is signed", "another one")
    return Event(attributes, _json(request.body), "ce-", "")


def _check_type(attributes: Attributes, field: str) -> None:
    given = attributes.datacontenttype
    if given is not None and not _JSON.fullmatch(given.partition(";")[0].strip().lower()):
        raise Malformed(field, "a type of JSON", "another type")


def _read(model: type[Any], told: object, prefix: str) -> Any:
    try:
        return model.model_validate(told)
    except ValidationError as error:
        problem = malformed(error)
        raise Malformed(prefix + problem.field, problem.expected, problem.got) from None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("body", "JSON", "something else") from None
