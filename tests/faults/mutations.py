"""Requests and mails that no provider would send: real payloads with something wrong, signed all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from channels.contract import Channel, Request
from channels.registry import CHANNELS
from router.play.sample import Mail, Sample
from tests.channels.requests import PUBLIC, payloads, signing, unsigned
from tests.faults import corpus

NASTY = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"%",
        b"%00",
        b"%ff",
        b"=",
        b"&",
        b"\r\n",
        b"\r\n\r\n",
        b"--",
        b'"',
        b"{",
        b"}",
    ),
    *(
        b"[" * 2000,
        b"\\u0000",
        b"\\ud800",
        b"1e999",
        b"NaN",
        b"null",
        b"-",
        b"=?utf-8?B?",
        b"=?x?Q?=ZZ?=",
        b"boundary=",
    ),
    *("\u202e".encode(), "é".encode("utf-16"), b"\x1b[2J", b"A" * 5000, b"Content-Type: text/plain; charset=\x00"),
)
ODD: tuple[object, ...] = (None, True, -1, 10**400, 1.5, "", "\x00", [], [[]], {}, {"a": None}, "x" * 3000, "\ud83d")
FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures" / "email"
LIMIT = 200_000
ODDITIES = 1000
"""Of hypothesis, of each kind."""


@dataclass(frozen=True)
class Seed:
    channel: Channel
    path: Path


def settings() -> dict[str, str]:
    """What the gateway needs to take every channel's payloads for signed."""
    found: dict[str, str] = {}
    for channel in CHANNELS:
        keys = signing(channel)
        found[f"ROUTER_{channel.secrets}"] = keys.present.verify
        found |= {f"ROUTER_{name}": ",".join(values) for name, values in keys.options.items()}
    return found


def requests(gateway: str, rng: Random) -> Iterator[Sample | Mail]:
    """Without end. A third of the HTTP requests aren't signed for what they say; one in eight is a mail. One in eight
    has, in place of a payload, what hypothesis finds odd."""
    seeds = [Seed(channel, path) for channel in CHANNELS for path in payloads(channel.name)]
    mails = [path.read_bytes() for path in (*payloads("mail"), *sorted(FIXTURES.rglob("*.eml"))[:400])]
    odd_mails = corpus.mails(ODDITIES, rng.getrandbits(32))
    odd_bodies = corpus.bodies(ODDITIES, rng.getrandbits(32))
    while True:
        odd = rng.random() < 0.125
        if rng.random() < 0.125:
            data = rng.choice(odd_mails) if odd else changed(rng.choice(mails), rng)
            data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            yield Mail("ann@example.com", ("safety@example.com",), data)
        else:
            yield _request(rng.choice(seeds), gateway, rng, rng.choice(odd_bodies) if odd else None)


def _request(seed: Seed, gateway: str, rng: Random, instead: bytes | None) -> Sample:
    body = seed.path.read_bytes()
    if instead is not None:
        body = instead
    else:
        body = _odd(body, rng) if seed.path.suffix == ".json" and rng.random() < 0.5 else changed(body, rng)
    plain = unsigned(seed.channel, seed.path, body)
    request = replace(plain, url=plain.url.replace(PUBLIC, gateway, 1), received_at=datetime.now(UTC))
    request = _head(request, rng)
    if rng.random() < 0.67:
        try:
            request = seed.channel.sign(request, signing(seed.channel).present.sign)
        except Exception:  # what is signed may be unreadable to the signer too: it goes unsigned
            request = replace(request)
    headers = tuple((name, _sendable(value)) for name, value in request.headers)
    path = request.url.removeprefix(gateway)
    return Sample(request.method, path, headers, b"" if request.method == "GET" else request.body, "", "")


def changed(body: bytes, rng: Random) -> bytes:
    """Between one and five mutations."""
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(body) + 1)
        end = min(len(body), at + rng.randrange(1, 60))
        match rng.randrange(6):
            case 0:
                body = body[:at] + rng.choice(NASTY) + body[at:]
            case 1:
                body = body[:at] + rng.choice(NASTY) + body[end:]
            case 2:
                body = body[:at] + body[end:]
            case 3:
                body = body[:at]
            case 4:
                body = body[:at] + body[at:end] * rng.randrange(2, 30) + body[end:]
            case _:
                body = body[:at] + rng.randbytes(rng.randrange(1, 20)) + body[end:]
    return body[:LIMIT]


def _odd(body: bytes, rng: Random) -> bytes:
    """JSON with a value of another type somewhere."""
    told = json.loads(body)
    place = told
    while isinstance(place, dict | list) and place:
        key = rng.choice(list(place)) if isinstance(place, dict) else rng.randrange(len(place))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.4:
            place[key] = rng.choice(ODD)
            break
        place = inner
    return json.dumps(told).encode()


def _head(request: Request, rng: Random) -> Request:
    headers = list(request.headers)
    if headers and rng.random() < 0.15:
        n = rng.randrange(len(headers))
        name, value = headers[n]
        headers[n] = (name, changed(value.encode(), rng).decode("latin-1")[:2000])
    return replace(request, headers=tuple(headers))


def _sendable(value: str) -> str:
    """What a client library lets through: headers that aren't are refused before our code sees them."""
    return "".join(char for char in value if " " <= char <= "~").strip()
