"""Checks run at once, each within its time, and one's trouble is no other's."""

from __future__ import annotations

import asyncio
import threading

from channels.errors import Problem
from router.cli.doctor_check import Check, Level, Outcome, aside, examined, ok


async def hangs() -> Outcome:
    await asyncio.Event().wait()
    return ok("never")


async def raises() -> Outcome:
    raise KeyError("+12065550100")


async def refuses() -> Outcome:
    raise Problem("Kafka isn't set up yet.")


async def fine() -> Outcome:
    return ok("fine")


async def test_what_hangs_or_raises_has_failed_and_the_others_are_told_in_their_order() -> None:
    checks = [Check("a", hangs, "Look."), Check("b", raises), Check("c", refuses), Check("d", fine)]
    found = await examined(checks, within_s=0.05)
    assert [(name, outcome.level) for name, outcome in found] == [
        ("a", Level.FAIL),
        ("b", Level.FAIL),
        ("c", Level.FAIL),
        ("d", Level.OK),
    ]
    assert found[0][1].mend == "Look."
    assert "KeyError" in found[1][1].says
    assert "+1206" not in found[1][1].says
    assert found[2][1].says == "Kafka isn't set up yet."


async def test_a_thread_that_hangs_holds_nothing_up() -> None:
    release = threading.Event()
    try:
        check = Check("disk", lambda: aside(lambda: ok(str(release.wait()))))
        assert [outcome.level for _, outcome in await examined([check], within_s=0.05)] == [Level.FAIL]
    finally:
        release.set()
