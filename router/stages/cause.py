"""What makes a change: the event in the log, as it is stamped on whatever it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """id: the event's. at: the fold's time (router.stages.clock). offset: where the event stands in the pool's log."""

    id: str
    at: datetime
    offset: int
    traceparent: str | None = None
