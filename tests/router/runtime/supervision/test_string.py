from __future__ import annotations

import os

from router.runtime.supervision.string import Followed, Held


async def tied() -> tuple[Held, Followed]:
    held, theirs = await Held.pair()
    with theirs:
        return held, await Followed.of(os.dup(theirs.fileno()))


async def test_go_then_ready_then_a_reason_then_the_end() -> None:
    held, followed = await tied()
    held.go()
    assert await followed.go()
    followed.ready()
    await followed.failed("it is\nover")
    words = held.words()
    assert await anext(words) is None
    assert await anext(words) == "it is over"
    await followed.cut()
    assert [word async for word in words] == []
    await held.cut()


async def test_a_supervisor_that_is_gone_never_says_go_and_a_child_notices() -> None:
    held, followed = await tied()
    await held.cut()
    assert not await followed.go()
    await followed.gone()
    await followed.failed("nobody hears it")
    await followed.cut()
