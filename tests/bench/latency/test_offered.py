from __future__ import annotations

from bench.latency.offered import offer
from bench.latency.schedule import due
from bench.latency.way import Answered, Arrived

STATUSES = (200, 503, 200, 0, 204)
BRINGS = (True, True, True, True, False)


class Prompt:
    """A way that answers at once, and where all that was answered 2xx comes out."""

    async def start(self, arrived: Arrived) -> None:
        self.arrived = arrived

    def send(self, number: int, answered: Answered) -> None:
        answered(STATUSES[number])
        if STATUSES[number] == 200:
            self.arrived(number)

    async def stop(self) -> None:
        self.stopped = True


async def test_what_was_answered_refused_and_queued_is_told_apart() -> None:
    way, told = Prompt(), []
    found = await offer(way, due(500, 0.01), BRINGS, lambda phase, _: told.append(phase))
    assert (len(found.answered), len(found.queued), found.refused, found.lost) == (3, 2, {503: 1, 0: 1}, 0)
    assert len(found.late) == found.count == 5
    assert told == ["started", "done"]
    assert way.stopped
