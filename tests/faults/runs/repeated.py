"""Every webhook five times in shuffled order; and two agents who claim in the same millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from router.model.ids import pool_of
from router.stages.contract import Record
from tests.faults.run import Outcome, Place
from tests.faults.scene import scene

COPIES = 5
PEOPLE = 20
WORDS = 5
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
    """times: pairs of claims. Exactly one of two is answered 200, the other one 409."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        piece = await made.driver.one()
        if not await made.reader.until(lambda: piece.contact_id in made.reader.seen, 60):
            raise RuntimeError("no incident to claim")
        incident = made.reader.incidents[piece.contact_id]
        agents = ("agent-one", "agent-two")
        for agent in agents:
            await made.desk.present(agent, str(pool_of(incident)), CAPACITY)
        wrong = 0
        for n in range(place.times):
            if n % 250 == 0:
                place.tell(f"{n} of {place.times}")
            got = await asyncio.gather(*(made.desk.on(incident, "claim", agent) for agent in agents))
            won = [agent for agent, status in zip(agents, got, strict=True) if status == 200]
            wrong += sorted(str(status) for status in got) != ["200", "409"]
            for agent in won:
                await made.desk.on(incident, "release", agent)
        if wrong:
            outcome.broken.append(f"{wrong} pairs of claims weren't answered 200 and 409")
        findings = await made.end()
        outcome.figures["pairs within one millisecond of the log"] = _together(made.reader.records)
        return outcome.of(made, findings)


def _together(records: Sequence[Record]) -> int:
    """Of claims, as the log has them one after the other, the pairs whose times differ by a millisecond at most."""
    claims = [each.timestamp for each in records if each.header("ce_type") == "command.claim"]
    return sum(other - one <= MILLISECOND for one, other in zip(claims[::2], claims[1::2], strict=False))
