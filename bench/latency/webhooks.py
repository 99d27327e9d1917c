"""Our way: webhooks to the gateway, and an independent client of the queue topics that only looks who it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bench.latency.connections import Connections
from bench.latency.mix import Arrival
from bench.latency.tail import Tail
from bench.latency.way import Answered, Arrived
from scoring.model import Skill

QUEUES = tuple(f"queue.{skill.value}" for skill in Skill)
CONNECTIONS = 32

_CONTACTS = re.compile(rb'"contact_ids":\[([^\]]*)\]')


def contacts(value: bytes) -> Iterator[str]:
    """The contacts of a queue event's incident, without reading all of it."""
    found = _CONTACTS.search(value)
    for quoted in found[1].split(b",") if found and found[1] else ():
        yield quoted.strip(b' "').decode()


class Webhooks:
    def __init__(self, gateway: str, kafka: str, arrivals: Sequence[Arrival]) -> None:
        url = urlsplit(gateway)
        self._arrivals = arrivals
        self._connections = Connections(url.hostname or "127.0.0.1", url.port or 80)
        self._tail = Tail(kafka, QUEUES)
        self._expected = {one.contact_id: number for number, one in enumerate(arrivals) if one.brings}

    async def start(self, arrived: Arrived) -> None:
        def read(key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
            for contact_id in contacts(value or b""):
                number = self._expected.pop(contact_id, None)
                if number is not None:
                    arrived(number)

        await self._tail.start(read)
        await self._connections.open(CONNECTIONS)

    def send(self, number: int, answered: Answered) -> None:
        self._connections.send(self._arrivals[number].wire, answered)

    async def stop(self) -> None:
        self._connections.close()
        await self._tail.stop()
