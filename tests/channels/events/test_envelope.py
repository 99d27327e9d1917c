from __future__ import annotations

import json

import pytest

from channels.contract import Request
from channels.errors import Malformed
from channels.events.envelope import BATCH, MOST_IN_A_BATCH, STRUCTURED, events
from channels.standard_webhooks import ID
from tests.channels.requests import AT, PUBLIC

EVENT: dict[str, object] = {"specversion": "1.0", "id": "1", "source": "/a", "type": "t", "data": {"x": 1}}
HEADERS = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/a", "ce-type": "t", "webhook-id": "1"}


def sent(body: object, media_type: str = STRUCTURED, **headers: str) -> Request:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", PUBLIC, (("Content-Type", media_type), *headers.items()), content, AT)


def binary(body: object = None, media_type: str = "application/json", **headers: str) -> Request:
    return sent({"x": 1} if body is None else body, media_type, **{**HEADERS, **headers})


def test_each_mode_tells_the_same_event() -> None:
    (structured,) = events(sent(EVENT))
    (batched,) = events(sent([EVENT], BATCH))
    (alone,) = events(binary())
    for one in (structured, batched, alone):
        assert (one.attributes.source, one.attributes.id, one.attributes.type) == ("/a", "1", "t")
        assert one.data == {"x": 1}


def test_paths_lead_to_the_field_in_each_mode() -> None:
    for request, path, named in (
        (sent(EVENT), "data.from", "type"),
        (sent([EVENT, EVENT], BATCH), "1.data.from", "1.type"),
        (binary(), "from", "ce-type"),
    ):
        event = events(request)[-1]
        assert (event.path("from"), event.named("type")) == (path, named)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (sent({**EVENT, "specversion": "0.3"}), "specversion"),
        (sent({**EVENT, "id": ""}), "id"),
        (sent({**EVENT, "id": 7}), "id"),
        (sent({**EVENT, "source": "a b"}), "source"),
        (sent({**EVENT, "type": None}), "type"),
        (sent({**EVENT, "datacontenttype": "text/xml"}), "datacontenttype"),
        (sent([EVENT]), "body"),
        (sent(b"{"), "body"),
        (sent(EVENT, BATCH), "body"),
        (sent([EVENT] * (MOST_IN_A_BATCH + 1), BATCH), "body"),
        (sent([EVENT, {**EVENT, "id": None}], BATCH), "1.id"),
        (sent([EVENT, 1], BATCH), "1.body"),
        (sent({"x": 1}, "application/json"), "ce-specversion"),
        (binary(b"\xff"), "body"),
        (binary(media_type="text/plain"), "content-type"),
    ],
)
def test_what_is_no_event_is_malformed_with_the_attribute(request_: Request, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        events(request_)
    assert caught.value.field == field


def test_in_binary_mode_the_id_must_be_the_signed_one() -> None:
    for headers in ({"ce-id": "2"}, {ID: "2"}):
        with pytest.raises(Malformed) as caught:
            events(binary(**headers))
        assert caught.value.field == "ce-id"


def test_headers_may_be_percent_encoded() -> None:
    (event,) = events(binary(**{"ce-id": "%C3%A9%20x", ID: "é x"}))
    assert event.attributes.id == "é x"


def test_a_time_that_is_none_is_left_out() -> None:
    for given, told in (("soon", None), ("2026-11-22T14:03:11Z", AT)):
        (event,) = events(sent({**EVENT, "time": given}))
        assert event.time == told
