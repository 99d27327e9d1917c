from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Channel, Request
from channels.registry import CHANNELS
from router.gateway.came import CameByHttp, CameByMail, by_http, by_mail
from tests.channels.requests import payloads, signed
from tests.router.gateway.parts import NOW

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@pytest.mark.parametrize(
    ("channel", "path"),
    [
        pytest.param(channel, path, id=f"{channel.name}-{path.stem}")
        for channel in CHANNELS
        for path in payloads(channel.name)
    ],
)
def test_what_is_kept_of_a_request_is_enough_to_read_it_again_and_holds_no_password(
    channel: Channel, path: Path
) -> None:
    request = signed(channel, path)
    header = CameByHttp(request, channel.reads).header()
    again = by_http(dict([header]), "", request.body, request.received_at)
    assert channel.parse(again) == channel.parse(request)
    assert b"authorization" not in header[1].lower()
    assert b"signature" not in b"".join(name.encode().lower() for name, _ in again.headers)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_an_envelope_is_read_back(sender: str, recipients: list[str]) -> None:
    came = CameByMail(sender, tuple(recipients))
    assert by_mail(dict([came.header()])) == came


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS)
def test_a_request_is_read_back_with_the_headers_that_the_channel_reads(
    headers: list[tuple[str, str]], url: str
) -> None:
    request = Request("PUT", url, (*headers, ("Content-Type", "text/x"), ("X-Key", "s"), ("CE-Id", "1")), b"raw", NOW)
    again = by_http(dict([CameByHttp(request, ("ce-*",)).header()]), "", b"raw", NOW)
    assert (again.method, again.url, again.body) == ("PUT", url, b"raw")
    assert again.header("ce-id") == "1"
    assert again.header("content-type") == request.header("content-type")
    assert again.header("x-key") is None


def test_a_letter_that_was_kept_without_its_request_is_read_by_its_type() -> None:
    again = by_http({"content-type": b"application/json"}, "https://here/hook", b"{}", NOW)
    assert (again.method, again.url, again.media_type) == ("POST", "https://here/hook", "application/json")
    assert by_mail({}) == CameByMail("", ())
