"""Dead-lettering is capped: a bad deploy stops, it does not drain the log into its dead-letter topic.

What counts stands on topics, so that neither a restart nor another worker begins at nothing:
- the letters of `<stage>.dlq` whose record is one of the last `window` of its partition,
- without those that somebody has resubmitted or dropped (`dlq.actions`),
- without those before `stage.resumed`, and as many after it as that allows.
A record that is refused again after it was resubmitted never counts: it was taken out of the line before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from channels.errors import Problem
from router.model.catalogue import SETTLED
from router.model.dead_letters import Place, letter_of, topic_of
from router.model.events import DeadLetter, LetterSettled, StageResumed
from router.model.letters import ACTIONS
from router.runtime.ports import Slot
from router.stages.contract import Record


class TooManyDeadLetters(Problem):
    """More records were refused than bad input explains."""


class Cap:
    """The fold of both topics. At most `most` dead letters in the last `window` records of a stage's partitions."""

    def __init__(self, stage: str, most: int = 100, window: int = 1000) -> None:
        self._stage = stage
        self._topic = topic_of(stage)
        self._most = most
        self._window = window
        self._letters: dict[int, tuple[Slot, int]] = {}
        self._settled: set[int] = set()
        self._after = 0
        self._allowed = 0

    def fold(self, record: Record) -> None:
        """One record of either topic. What can't be read counts for nothing."""
        try:
            if record.topic == self._topic:
                self._letter(record.offset, letter_of(record.headers))
            elif record.topic == ACTIONS and record.value is not None:
                self._acted(SETTLED[record.header("ce_type") or ""].model_validate_json(record.value))
        except (ValidationError, KeyError):
            return

    def check(self, positions: Mapping[Slot, int], refused: Sequence[DeadLetter]) -> None:
        """positions: the next offset of each slot that is known. refused: what is to be written now.

        Raises TooManyDeadLetters, before any of these is written.
        """
        fresh = [letter for letter in refused if letter.tries == 1]
        already = self._counted(positions)
        if not fresh or already + len(fresh) <= self._most + self._allowed:
            return
        why, often = Counter(letter.reason for letter in fresh).most_common(1)[0]
        raise TooManyDeadLetters(
            f"stage {self._stage} refuses its records: {why} ({often} of {len(fresh)} now, {already} before; at most "
            f"{self._most} of a partition's last {self._window:,} may be refused). Most likely the code is wrong, not "
            f"the records. Nothing was skipped. `router dlq list --stage {self._stage}` shows what was refused; deploy "
            f"a fix and start again; `router dlq resume {self._stage}` lets it go on if the records are to blame."
        )

    def _letter(self, offset: int, letter: DeadLetter) -> None:
        if letter.tries == 1 and letter.partition is not None and letter.offset is not None:
            self._letters[offset] = Slot(letter.topic, letter.partition), letter.offset

    def _acted(self, action: object) -> None:
        match action:
            case LetterSettled(letter=name):
                place = Place.read(name)
                if place is not None and place.topic == self._topic:
                    self._settled.add(place.offset)
            case StageResumed(stage=stage, after=after, allowed=allowed) if stage == self._stage:
                self._after, self._allowed = after, allowed

    def _counted(self, positions: Mapping[Slot, int]) -> int:
        open_ = [where for at, where in self._letters.items() if at >= self._after and at not in self._settled]
        reached: dict[Slot, int] = {}
        for slot, offset in open_:
            reached[slot] = max(reached.get(slot, 0), offset + 1, positions.get(slot, 0))
        return sum(offset >= reached[slot] - self._window for slot, offset in open_)
