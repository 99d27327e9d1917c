"""Dead-lettering is capped: a bad deploy stops, it does not drain the log into its dead-letter topic."""

from __future__ import annotations

from collections import deque

from channels.errors import Problem


class TooManyDeadLetters(Problem):
    """More records were refused than bad input explains."""


class Cap:
    """At most `most` dead letters in the last `window` records of a stage."""

    def __init__(self, stage: str, most: int = 100, window: int = 1000) -> None:
        self._stage = stage
        self._most = most
        self._window = window
        self._batches: deque[tuple[int, int]] = deque()
        self._records = 0
        self._dead = 0

    def count(self, records: int, dead: int) -> None:
        """Raises TooManyDeadLetters, before any of these is written."""
        self._batches.append((records, dead))
        self._records += records
        self._dead += dead
        while self._records - self._batches[0][0] >= self._window:
            gone, refused = self._batches.popleft()
            self._records -= gone
            self._dead -= refused
        if self._dead > self._most:
            raise TooManyDeadLetters(
                f"stage {self._stage} refused {self._dead} of its last {self._records} records, "
                f"more than {self._most}: most likely the code is wrong, not the records. Nothing was skipped; "
                f"the reasons of the first are in {self._stage}.dlq."
            )
