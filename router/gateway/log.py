"""What the edge needs of the log: append, and return once every replica in sync has it."""

from __future__ import annotations

from typing import Protocol

from channels.errors import Problem
from router.model.cloudevents import Message


class Unavailable(Problem):
    """The log can't take or show anything now; the same may be tried again."""


class TooLarge(Problem):
    """The record is larger than the log takes."""


class Log(Protocol):
    async def append(self, message: Message) -> None:
        """Returns once the message is acknowledged by acks=all. Raises Unavailable, TooLarge."""
        ...
