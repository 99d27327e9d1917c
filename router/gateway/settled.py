"""How many dead letters nobody has seen to: those that lie on a topic, without those that `dlq.actions` names."""

from __future__ import annotations

from collections import defaultdict

from pydantic import ValidationError

from router.model.dead_letters import Place
from router.model.events import LetterSettled
from router.stages.contract import Record


class Settled:
    """A fold over `dlq.actions`. Dead-letter topics have one partition and no holes."""

    def __init__(self) -> None:
        self._offsets: defaultdict[str, set[int]] = defaultdict(set)

    def fold(self, record: Record) -> None:
        """What names no letter says nothing."""
        if not (record.header("ce_type") or "").startswith("letter."):
            return
        try:
            name = Place.read(LetterSettled.model_validate_json(record.value or b"").letter)
        except ValidationError:
            return
        if name is not None:
            self._offsets[name.topic].add(name.offset)

    def open(self, topic: str, first: int, end: int) -> int:
        """Of the letters from `first` to before `end`."""
        return end - first - sum(first <= offset < end for offset in self._offsets[topic])
