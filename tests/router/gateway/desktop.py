"""A desktop: reads server-sent events as a browser does, and follows its queues as docs/event-streams.md says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "event-streams.md"


@dataclass(frozen=True)
class Told:
    """One event. id: the last that was set, as EventSource gives it."""

    id: str
    type: str
    data: dict[str, Any]


@dataclass
class Desktop:
    """told: every event, in order. incidents: what is open on its queues, by queue and id. comments: how many it
    heard."""

    last_id: str = ""
    told: list[Told] = field(default_factory=list)
    incidents: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    comments: int = 0
    retry_ms: int | None = None
    _left: bytes = b""

    def hear(self, chunk: bytes) -> list[Told]:
        """What a chunk completes; chunks may end anywhere."""
        *whole, self._left = (self._left + chunk).split(b"\n\n")
        heard: list[Told] = []
        for block in whole:
            event, data = "message", list[str]()
            for line in block.decode().split("\n"):
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                match name:
                    case "":
                        self.comments += 1
                    case "id":
                        self.last_id = value
                    case "event":
                        event = value
                    case "data":
                        data.append(value)
                    case "retry":
                        self.retry_ms = int(value)
                    case _:
                        raise AssertionError(f"no field of server-sent events: {line}")
            if data:
                heard.append(Told(self.last_id, event, json.loads("\n".join(data))))
                self.follow(heard[-1])
        self.told += heard
        return heard

    def happened(self) -> list[Told]:
        """What happened on the queues, as told since the last `live`."""
        return [each for each in self.told if each.type.startswith("incident.") or each.type == "removed"]

    def follow(self, told: Told) -> None:
        FOLLOW(self.incidents, told.type, told.data)


def _documented() -> Callable[[dict[tuple[str, str], dict[str, Any]], str, dict[str, Any]], None]:
    """The function that the page tells desktops to follow by."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["follow"]  # type: ignore[no-any-return]


FOLLOW = _documented()
