from __future__ import annotations

import pytest

from router.runtime.ports import LogBroken, Slot
from router.runtime.progress import Committed
from tests.router.runtime.counting import letter
from tests.router.runtime.memory_log import MemoryLog, MemoryMember, MemoryWriter

SLOT = Slot("letters", 0)


class CutMember(MemoryMember):
    """Of a log whose first records are gone."""

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        return 5, 9


def member(kind: type[MemoryMember], committed: int | None) -> tuple[MemoryMember, MemoryWriter]:
    log = MemoryLog()
    log.append(letter("a"))
    if committed is not None:
        log.offsets["intake", SLOT] = committed
    return kind(log, "intake", frozenset({SLOT})), MemoryWriter(log)


async def test_a_group_without_a_place_starts_where_the_log_begins() -> None:
    assert await Committed().restore(SLOT, *member(CutMember, None)) == 5


async def test_it_goes_on_at_its_place_even_at_the_very_end() -> None:
    assert await Committed().restore(SLOT, *member(CutMember, 9)) == 9


@pytest.mark.parametrize(("committed", "said"), [(3, "2 records are gone"), (10, "emptied or made anew")])
async def test_a_place_that_is_not_on_the_log_stops_the_start(committed: int, said: str) -> None:
    with pytest.raises(LogBroken, match=said):
        await Committed().restore(SLOT, *member(CutMember, committed))


class CrowdedMember(MemoryMember):
    """While it is told where the log ends, another works and commits."""

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        bounds = await super().bounds(slot)
        for _ in range(3):
            self.log.append(letter("b"))
        self.log.offsets["intake", SLOT] = 4
        return bounds


async def test_what_another_commits_meanwhile_is_no_broken_log() -> None:
    assert await Committed().restore(SLOT, *member(CrowdedMember, 1)) == 1
