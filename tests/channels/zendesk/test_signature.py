from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.contract import Request, Secrets
from channels.errors import Forged
from channels.zendesk.signature import SIGNATURE, TIMESTAMP, sign, signature, verify
from tests.channels.requests import AT
from tests.shared import SHARED, needs_shared

SECRET = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
THEN = datetime(2021, 7, 25, 10, 0, tzinfo=UTC)
REQUEST = Request("POST", "https://router.example.com/hooks/zendesk/events", (), b'{"say": "hello"}', THEN)


def given(timestamp: str, value: str) -> Request:
    return REQUEST.having((TIMESTAMP, timestamp), (SIGNATURE, value))


def test_a_known_signature_holds() -> None:
    known = "Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="
    assert signature("2021-07-25T10:00:00Z", REQUEST.body, SECRET) == known
    assert sign(REQUEST, SECRET) == given("2021-07-25T10:00:00Z", known)
    verify(given("2021-07-25T10:00:00Z", known), Secrets(("old", SECRET)))


def test_the_order_of_an_older_page_is_forged() -> None:
    with pytest.raises(Forged, match="doesn't match"):
        verify(given("2021-07-25T10:00:00Z", "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw="), Secrets((SECRET,)))


def test_another_body_or_timestamp_is_forged() -> None:
    request = sign(REQUEST, SECRET)
    for other in (
        replace(request, body=b'{"say": "goodbye"}'),
        replace(
            request, headers=tuple((name, value.replace("10:00:00", "10:00:01")) for name, value in request.headers)
        ),
        replace(request, headers=request.headers[:1]),
        replace(request, headers=request.headers[1:]),
        given("é", "é"),
    ):
        with pytest.raises(Forged):
            verify(other, Secrets((SECRET,)))


@pytest.mark.parametrize(
    ("later", "holds"),
    [
        (timedelta(minutes=14), True),
        (timedelta(minutes=16), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
)
def test_a_signature_holds_for_a_quarter_of_an_hour(later: timedelta, holds: bool) -> None:
    request = replace(sign(replace(REQUEST, received_at=AT), SECRET), received_at=AT + later)
    if holds:
        verify(request, Secrets((SECRET,)))
        return
    with pytest.raises(Forged, match="too far"):
        verify(request, Secrets((SECRET,)))


def test_a_signed_timestamp_that_is_none_is_forged() -> None:
    with pytest.raises(Forged, match="no time"):
        verify(given("soon", signature("soon", REQUEST.body, SECRET)), Secrets((SECRET,)))


@needs_shared
def test_the_published_vectors_of_both_orders() -> None:
    for vector in json.loads((SHARED / "fixtures/zendesk/signature_vectors.json").read_text()):
        made = signature(vector["timestamp"], vector["body"].encode(), vector["secret"])
        assert (made == vector["signature"]) is (vector["order"] == "timestamp+body")
