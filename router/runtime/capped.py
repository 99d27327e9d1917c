"""Reads what counts for a stage's cap off the topics, whenever something is to be dead-lettered, and only then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from router.model.dead_letters import topic_of
from router.model.events import DeadLetter
from router.model.letters import ACTIONS
from router.runtime.cap import Cap
from router.runtime.ports import Cluster, LogAway, Reader, Slot

WAIT = 0.1


class Capped:
    def __init__(self, stage: str, cluster: Cluster) -> None:
        self._cluster = cluster
        self._slots = (Slot(topic_of(stage), 0), Slot(ACTIONS, 0))
        self._cap = Cap(stage)
        self._reader: Reader | None = None

    async def check(self, positions: Mapping[Slot, int], refused: Sequence[DeadLetter]) -> None:
        """Before `refused` is written; positions as in Cap. Raises TooManyDeadLetters, LogAway."""
        if not refused:
            return
        try:
            await self._read_on()
        except LogAway:
            await self.close()
            raise
        self._cap.check(positions, refused)

    async def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.close()

    async def _read_on(self) -> None:
        if self._reader is None:
            self._reader = self._cluster.reader(self._slots)
            await self._reader.start()
        for slot, end in (await self._reader.ends()).items():
            while await self._reader.position(slot) < end:
                for record in await self._reader.fetch(WAIT):
                    self._cap.fold(record)
