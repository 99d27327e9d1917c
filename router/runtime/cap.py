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
        self._batches: deque[tuple[int, int]] = deque()
        self._window = window

    def count(self, records: int, dead: int) -> None:
        """Raises TooManyDeadLetters, before any of these is written."""
        self._batches.append((records, dead))
        while sum(size for size, _ in self._batches) - self._batches[0][0] >= self._window:
            self._batches.popleft()
        total = sum(refused for _, refused in self._batches)
        if total > self._most:
            raise TooManyDeadLetters(
                f"stage {self._stage} refused {total} of its last {sum(size for size, _ in self._batches)} records, "
                f"more than {self._most}: most likely the code is wrong, not the records. Nothing was skipped; "
                f"the reasons of the first are in {self._stage}.dlq."
            )
