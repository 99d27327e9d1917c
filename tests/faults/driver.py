"""The load: many people at once, each waiting for an answer before the next word, each retried until it is a 2xx."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from random import Random

from router.play.sender import Sender, Unreachable
from tests.faults.book import Book
from tests.faults.contacts import Piece, of_one, person

AGAIN = (0.1, 0.3, 0.6, 1.0)
GIVE_UP_TRIES = 200


@dataclass
class Driver:
    """sender: to the gateway. copies: how often each delivery is made, in shuffled order. run: of whose people.

    under_way: requests that have no answer yet.
    """

    sender: Sender
    book: Book
    rng: Random
    run: int
    copies: int = 1
    under_way: int = 0
    _people: itertools.count[int] = field(default_factory=itertools.count)
    _talking: set[asyncio.Task[None]] = field(default_factory=set)
    _stopping: bool = False

    async def offer(self, rate: float) -> None:
        """Offers `rate` deliveries a second, until `stop`. Who gets no answer keeps others from nothing."""
        each = 4.0
        while not self._stopping:
            self._begin(self.rng.randrange(1, 7))
            await asyncio.sleep(each / rate)

    async def send(self, people: int, words: int) -> None:
        """`people` at once, each with `words` contacts; returns once all are answered."""
        for _ in range(people):
            self._begin(words)
        await self.idle()

    async def one(self) -> Piece:
        """One text message of somebody new, answered."""
        who = person(next(self._people), self.run)
        for pieces in of_one(who, self.sender.gateway, self.rng, 50):
            if pieces[0].line == f"sms {who.phone}":
                await self._until_taken(pieces[0], 0)
                return pieces[0]
        raise ValueError("no text message among fifty contacts")

    async def stop(self) -> None:
        """No new people; those who have begun are heard out."""
        self._stopping = True
        await self.idle()

    async def idle(self) -> None:
        while self._talking:
            await asyncio.wait(set(self._talking))

    async def cancel(self) -> None:
        self._stopping = True
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)

    def _begin(self, words: int) -> None:
        task = asyncio.create_task(self._talk(next(self._people), words))
        self._talking.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._talking.discard(task)
        if not task.cancelled() and task.exception() is not None:
            raise task.exception()  # type: ignore[misc]

    async def _talk(self, number: int, words: int) -> None:
        who = person(number, self.run)
        numbers: dict[str | None, int] = {}
        said: list[Piece] = []
        for pieces in of_one(who, self.sender.gateway, self.rng, words):
            said += pieces
            if self.copies == 1:
                shuffled = self.rng.sample(pieces, len(pieces))
                await asyncio.gather(*(self._until_taken(piece, _next(numbers, piece.line)) for piece in shuffled))
        if self.copies > 1:
            again = [piece for piece in said for _ in range(self.copies)]
            self.rng.shuffle(again)
            for piece in again:
                await self._until_taken(piece, 0, ordered=False)

    async def _until_taken(self, piece: Piece, number: int, *, ordered: bool = True) -> None:
        line = piece.line if ordered else None
        entry = self.book.sends(piece.provider, piece.provider_id, piece.delivery, piece.contact_id, line, number)
        for tried in range(GIVE_UP_TRIES):
            status: int | None
            self.under_way += 1
            try:
                status = (await self.sender.send(piece.make())).status
            except Unreachable:
                status = None
            finally:
                self.under_way -= 1
            self.book.answered(entry, status)
            if status is not None and 200 <= status < 300:
                return
            await asyncio.sleep(AGAIN[min(tried, len(AGAIN) - 1)] * self.rng.uniform(0.7, 1.3))


def _next(numbers: dict[str | None, int], line: str | None) -> int:
    numbers[line] = numbers.get(line, -1) + 1
    return numbers[line]
