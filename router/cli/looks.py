"""How things look on the terminal: colours of severities and states, short ids, times. No state, no clock."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from channels.contact import Medium
from router.model.incident import IncidentState
from scoring.model import Severity

SEVERITY = {
    Severity.S1: "bold white on red",
    Severity.S2: "bold black on yellow",
    Severity.S3: "cyan",
    Severity.S4: "dim",
}
SEVERITY_WORD = {Severity.S1: "critical", Severity.S2: "urgent", Severity.S3: "normal", Severity.S4: "low"}
STATE = {
    IncidentState.WAITING: "bold",
    IncidentState.OWNED: "green",
    IncidentState.MOVED: "dim",
    IncidentState.RESOLVED: "dim green",
}
MEDIUM = {
    Medium.SMS: "blue",
    Medium.CALL: "magenta",
    Medium.EMAIL: "green",
    Medium.TICKET: "cyan",
    Medium.SOCIAL: "cyan",
}
WIDE = 120
SHORT = 8


def severity(level: Severity) -> Text:
    return Text(level.value, style=SEVERITY[level])


def medium(name: Medium) -> Text:
    return Text(name.value, style=MEDIUM.get(name, ""))


def clock(at: datetime, *, ms: bool = True) -> str:
    """Time of day where the reader is."""
    local = at.astimezone()
    return local.strftime("%H:%M:%S") + (f".{local.microsecond // 1000:03}" if ms else "")


def day(at: datetime) -> str:
    """The date where the reader is."""
    return at.astimezone().strftime("%Y-%m-%d")


def short(identifier: str) -> str:
    """An id cut to its prefix and eight characters: still enough for `router explain`."""
    prefix, _, rest = identifier.rpartition("_")
    return f"{prefix}_{rest[:SHORT]}" if prefix and len(rest) > SHORT else identifier


def milliseconds(value: float | None) -> str:
    if value is None:
        return "-"
    if value < 10:
        return f"{value:.1f} ms"
    return f"{value:.0f} ms" if value < 10_000 else f"{value / 1000:.1f} s"


def one_line(text: str) -> str:
    """Text without line breaks or control characters: what strangers wrote may not steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
