"""What a supervisor tells whoever watches it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a part. sentence: for people; event and facts: for logs."""

    event: str
    part: str
    sentence: str
    facts: dict[str, str | int | float] = field(default_factory=dict)


Tell = Callable[[Happening], None]


def ended_how(status: int) -> str:
    """What an exit status of asyncio's says, in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
