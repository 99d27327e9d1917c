"""Malformed requests and mails: nothing answers 500, nothing that was accepted is missing, the line goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from router.play.sample import Mail, Sample
from router.play.sender import Unreachable
from tests.faults.mutations import requests, settings
from tests.faults.run import Outcome, Place
from tests.faults.scene import Scene, scene

AT_ONCE = 12
KEPT = 20


async def malformed(place: Place) -> Outcome:
    outcome, statuses, accepted = Outcome(), Counter[str](), set[str]()
    async with scene(place.folder, place.seed, place.tell, workers=0, more=settings(), keep=False) as made:
        bad = place.folder / "answered-500"
        source = requests(made.processes.ports.url, made.rng)
        left = iter(range(place.times))
        kept: list[Sample | Mail] = []
        await asyncio.gather(*(_send(made, source, left, statuses, accepted, kept, place) for _ in range(AT_ONCE)))
        outcome.figures |= dict(sorted(statuses.items()))
        if kept:
            bad.write_text("\n\n".join(repr(one) for one in kept))
            outcome.broken.append(f"{statuses['http 500'] + statuses['smtp 500']} answers of 500; see {bad}")
        if statuses["no answer"]:
            outcome.broken.append(f"{statuses['no answer']} requests without an answer")
        if not await made.reader.until(lambda: accepted <= made.reader.logged, 120):
            outcome.broken.append(f"{len(accepted - made.reader.logged)} accepted contacts aren't in the pool's log")
        outcome.figures["contacts accepted"] = len(accepted)
        for part in ("gateway", "worker", "broker"):
            with suppress(LookupError):
                made.processes.pid(part)
                continue
            outcome.broken.append(f"the {part} is gone")
        if "part.ended" in made.processes.log.read_text(errors="replace"):
            outcome.broken.append("a part ended")
    return outcome


async def _send(
    made: Scene,
    source: Iterator[Sample | Mail],
    left: Iterator[int],
    statuses: Counter[str],
    accepted: set[str],
    kept: list[Sample | Mail],
    place: Place,
) -> None:
    for n in left:
        if n % 1000 == 0:
            place.tell(f"{n} of {place.times}")
        what = next(source)
        try:
            answer = await made.driver.sender.send(what)
        except (Unreachable, ValueError):
            statuses["no answer"] += 1
            continue
        how = "smtp" if isinstance(what, Mail) else "http"
        statuses[f"{how} {answer.status}"] += 1
        if answer.status == 500 and len(kept) < KEPT:
            kept.append(what)
        if answer.taken and answer.contact_id:
            accepted.add(answer.contact_id)
