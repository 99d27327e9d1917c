"""A way that contacts are sent along, and where they come out; numbers name them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Answered = Callable[[int], None]
"""Called with the status of the answer; 200 where it was an acknowledgement."""

Arrived = Callable[[int], None]
"""Called with the number of a contact that a client of the last topic has read."""


class Way(Protocol):
    async def start(self, arrived: Arrived) -> None: ...

    def send(self, number: int, answered: Answered) -> None:
        """Returns at once."""
        ...

    async def stop(self) -> None: ...
