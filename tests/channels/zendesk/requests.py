"""Events of Zendesk."""

from __future__ import annotations

from typing import Any

from channels.contact import Contact
from channels.contract import Request
from channels.zendesk.events import CHANNEL, parse
from tests.channels.requests import json_request

ANN = "7700501"
BRAND = "360002"


def event(kind: str, happened: object, **detail: Any) -> dict[str, Any]:
    """An event of a ticket by Ann."""
    ticket = {"id": "4711", "requester_id": ANN, "brand_id": BRAND, "subject": "Dog missing", "description": "help"}
    return {
        "type": f"zen:event-type:{kind}",
        "id": "e-1",
        "time": "2026-11-22T14:03:08.672717030Z",
        "subject": "zen:ticket:4711",
        "detail": ticket | detail,
        "event": happened,
    }


def delivery(body: object) -> Request:
    return json_request(CHANNEL, body)


def parsed(body: object) -> Contact:
    """The one contact of a delivery."""
    (found,) = parse(delivery(body))
    return found
