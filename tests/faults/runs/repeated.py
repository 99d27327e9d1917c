"""Every webhook five times in shuffled order; and two agents who claim in the same millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from router.model.ids import pool_of
from router.stages.contract import Record
from tests.faults.run import Outcome, Place
from tests.faults.scene import Scene, scene

COPIES = 5
PEOPLE = 20
WORDS = 5
LANES = 8
CAPACITY = 100
MILLISECOND = timedelta(milliseconds=1)


async def five_times(place: Place) -> Outcome:
    """times: contacts, about."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0, copies=COPIES) as made:
        while len(made.book.deliveries) < place.times * COPIES:
            place.tell(f"{len(made.book.deliveries) // COPIES} of {place.times}")
            await made.driver.send(PEOPLE, WORDS)
        findings = await made.end()
        outcome.figures["different contacts"] = len({one.contact_id for one in made.book.deliveries})
        return outcome.of(made, findings)


async def double_claims(place: Place) -> Outcome:
    """times: pairs of claims, on LANES incidents at a time. Exactly one of two is answered 200, the other one 409."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        left = iter(range(place.times))
        lanes = [await _Lane.of(made, number) for number in range(LANES)]
        wrong = sum(await asyncio.gather(*(lane.claims(left, place) for lane in lanes)))
        if wrong:
            outcome.broken.append(f"{wrong} pairs of claims weren't answered 200 and 409")
        findings = await made.end()
        outcome.figures["pairs within one millisecond of the log"] = _together(made.reader.records)
        return outcome.of(made, findings)


@dataclass(frozen=True)
class _Lane:
    """An incident, and two agents who want it."""

    made: Scene
    incident: str
    agents: tuple[str, str]

    @classmethod
    async def of(cls, made: Scene, number: int) -> _Lane:
        piece = await made.driver.one()
        if not await made.reader.until(lambda: piece.contact_id in made.reader.seen, 60):
            raise RuntimeError("no incident to claim")
        incident = made.reader.incidents[piece.contact_id]
        agents = (f"agent-{number}-one", f"agent-{number}-two")
        for agent in agents:
            await made.desk.present(agent, str(pool_of(incident)), CAPACITY)
        return cls(made, incident, agents)

    async def claims(self, left: Iterator[int], place: Place) -> int:
        """How many pairs weren't answered 200 and 409."""
        wrong = 0
        for n in left:
            if n % 250 == 0:
                place.tell(f"{n} of {place.times}")
            got = await asyncio.gather(*(self.made.desk.on(self.incident, "claim", agent) for agent in self.agents))
            wrong += sorted(str(status) for status in got) != ["200", "409"]
            for agent, status in zip(self.agents, got, strict=True):
                if status == 200:
                    await self.made.desk.on(self.incident, "release", agent)
        return wrong


def _together(records: Sequence[Record]) -> int:
    """Of claims, as the log has them one after the other, the pairs whose times differ by a millisecond at most."""
    claims: dict[str | None, list[datetime]] = {}
    for record in records:
        if record.header("ce_type") == "command.claim":
            claims.setdefault(record.header("ce_subject"), []).append(record.timestamp)
    return sum(
        other - one <= MILLISECOND
        for times in claims.values()
        for one, other in zip(times[::2], times[1::2], strict=False)
    )
