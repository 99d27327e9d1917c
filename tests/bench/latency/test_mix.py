from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from bench.latency.mix import Arrival, arrivals
from channels.contract import Request, Secrets
from channels.registry import CHANNELS
from router.model.ids import contact_id
from router.play.sample import Keys

URL = "http://127.0.0.1:8080"
KEYS = Keys(URL, "token", "user:secret")
SECRETS = {"twilio": Secrets(("token",)), "postmark": Secrets(("user:secret",))}
HOOKS = {channel.path: channel for channel in CHANNELS}


def read(wire: bytes) -> Request:
    """As the gateway would read it."""
    head, _, body = wire.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = tuple((name, value) for name, _, value in (each.partition(": ") for each in rest))
    method, path, _ = line.split(" ")
    request = Request(method, URL + path, headers, body, datetime.now(UTC))
    assert request.header("content-length") == str(len(body))
    return request


def took(arrival: Arrival) -> str:
    request = read(arrival.wire)
    channel = HOOKS[request.url.removeprefix(URL)]
    channel.verify(request, SECRETS[channel.provider])
    parsed = channel.parse(request)
    assert isinstance(parsed, list)
    (contact,) = parsed
    assert contact.sender is not None
    assert contact_id(contact.provider, contact.provider_id) == arrival.contact_id
    assert arrival.brings is not contact.update
    return channel.name


def test_every_request_is_one_that_its_channel_takes_under_the_id_that_is_waited_for() -> None:
    found = Counter(took(arrival) for arrival in arrivals(200, KEYS, 1))
    assert found == {"twilio-sms": 140, "twilio-voice": 20, "twilio-voice-status": 20, "postmark-inbound": 20}


def test_no_contact_comes_twice_within_a_run_or_in_another() -> None:
    runs = [one for seed in (1, 2) for one in arrivals(400, KEYS, seed)]
    brought = [one.contact_id for one in runs if one.brings]
    assert len(brought) == len(set(brought)) == 720


def test_a_call_comes_before_its_end() -> None:
    seen: set[str] = set()
    for one in arrivals(400, KEYS, 3):
        assert one.brings or one.contact_id in seen
        seen.add(one.contact_id)


def test_the_same_seed_gives_the_same_contacts() -> None:
    assert [*arrivals(40, KEYS, 4)] == [*arrivals(40, KEYS, 4)]
