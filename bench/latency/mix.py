"""The contacts of a run as bytes to be sent: mostly texts, some calls with what became of them, some mails.

All are made and signed before the run, so that offering them costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from random import Random

from bench.latency.people import person
from bench.latency.texts import text
from router.play import postmark, twilio
from router.play.people import Person
from router.play.sample import Keys, Sample


class Kind(StrEnum):
    SMS = "sms"
    AGAIN = "sms of one who wrote before"
    CALL = "call"
    STATUS = "call's end"
    MAIL = "mail"


PATTERN = (*[Kind.SMS] * 11, *[Kind.AGAIN] * 3, *[Kind.CALL] * 2, *[Kind.STATUS] * 2, *[Kind.MAIL] * 2)
"""Of twenty contacts. A call comes before its end."""

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Arrival:
    """wire: the whole request. brings: a queue event tells of it, under contact_id."""

    wire: bytes
    contact_id: str
    brings: bool


def arrivals(count: int, keys: Keys, seed: int) -> Iterator[Arrival]:
    """keys.public_url is where the gateway is. The same seed gives the same contacts, another one all others."""
    rng = Random(seed)
    host = keys.public_url.partition("://")[2]
    first = seed * 1_000_003
    before: list[Person] = []
    calls: list[tuple[Person, Sample]] = []
    for number in range(count):
        if number % len(PATTERN) == 0:
            turns = _shuffled(rng)
        kind = turns[number % len(PATTERN)]
        who = rng.choice(before[-500:]) if kind is Kind.AGAIN and before else person(first + number, rng)
        match kind:
            case Kind.SMS | Kind.AGAIN:
                sample = twilio.text(who, text(first + number), keys, rng)
                before.append(who)
            case Kind.CALL:
                sample = twilio.call(who, keys, rng)
                calls.append((who, sample))
            case Kind.STATUS:
                caller, call = calls.pop(0)
                sample = _ended(caller, call, keys, rng)
            case Kind.MAIL:
                sample = postmark.email(who, f"Booking {number}", text(first + number), keys, rng, at=START)
        yield Arrival(request(sample, host), sample.contact_id, brings=kind is not Kind.STATUS)


def request(sample: Sample, host: str) -> bytes:
    """A sample as HTTP/1.1, to be sent on a connection that stays open."""
    lines = [f"{sample.method} {sample.path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(sample.body)}"]
    lines += [f"{name}: {value}" for name, value in sample.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + sample.body


def _shuffled(rng: Random) -> list[Kind]:
    turns = list(PATTERN)
    rng.shuffle(turns)
    # A call's end stands where the shuffle put it, but never before the call itself.
    places = sorted(place for place, kind in enumerate(turns) if kind in (Kind.CALL, Kind.STATUS))
    for place, kind in zip(places, (Kind.CALL, Kind.STATUS) * 2, strict=True):
        turns[place] = kind
    return turns


def _ended(caller: Person, call: Sample, keys: Keys, rng: Random) -> Sample:
    return twilio.call_status(call.provider_id, caller, keys, rng, status="completed", sequence=1, at=START, seconds=40)
