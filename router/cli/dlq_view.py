"""Dead letters as they look on the terminal, or as JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from router.cli import looks
from router.model.dead_letters import PREFIX
from router.model.letters import Letter, State
from router.stages.contract import Record

STATE = {State.OPEN: "bold", State.RESUBMITTED: "green", State.DROPPED: "dim"}
HEADINGS = ("id", "age", "stage", "reason", "field", "expected", "size", "tries", "state")

PLAIN = ("ce_", "retry_")
"""Headers that name nobody; with them the ones of HARMLESS. All others are shown only where revealed."""
HARMLESS = ("channel", "raw_sha256", "raw_size", "content-type", "traceparent")


def table(letters: Sequence[Letter], now: datetime) -> Table:
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in HEADINGS:
        right = heading in ("age", "size", "tries")
        found.add_column(heading, justify="right" if right else "left", no_wrap=heading in ("id", "age", "size"))
    for letter in letters:
        why = letter.why
        found.add_row(
            str(letter.name),
            age(now - letter.at),
            why.stage,
            looks.one_line(why.reason),
            looks.one_line(why.field or ""),
            looks.one_line(why.expected or ""),
            size(letter.size),
            str(why.tries),
            Text(letter.state, style=STATE[letter.state]),
        )
    return found


def shown(letter: Letter, record: Record, *, reveal: bool) -> RenderableType:
    """The whole letter; the payload, and headers that may name people, only where revealed."""
    why = letter.why
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("stage", why.stage)
    facts.add_row("reason", looks.one_line(why.reason))
    if why.field:
        facts.add_row(
            "field", looks.one_line(f"{why.field}: expected {why.expected}" + (f", got {why.got}" if why.got else ""))
        )
    stood = f" at {why.partition}:{why.offset}" if why.offset is not None else ""
    facts.add_row("stood on", f"{why.topic}{stood}")
    facts.add_row("refused", f"{looks.day(why.at)} {looks.clock(why.at)}")
    facts.add_row("tries", str(why.tries))
    facts.add_row("payload", size(letter.size))
    facts.add_row("state", _state(letter))
    kept = visible(record.headers, reveal=reveal)
    for name, value in kept.items():
        facts.add_row(name, looks.one_line(value))
    hidden = len({name for name, _ in record.headers if not name.startswith(PREFIX)}) - len(kept)
    if hidden:
        facts.add_row("headers", f"{hidden} more that --reveal shows")
    panel = Panel(facts, title=f"dead letter {letter.name}", title_align="left", border_style="red", box=box.ROUNDED)
    return Group(panel, Text(payload(record.value))) if reveal else panel


def visible(headers: Sequence[tuple[str, bytes]], *, reveal: bool) -> dict[str, str]:
    """The letter's own headers: all, or those that name nobody."""
    return {
        name: value.decode("utf-8", "replace")
        for name, value in headers
        if not name.startswith(PREFIX) and (reveal or name.startswith(PLAIN) or name in HARMLESS)
    }


def payload(value: bytes | None) -> str:
    """JSON indented; text as it is but for control characters; else how many bytes there are."""
    if value is None:
        return "(a tombstone)"
    try:
        return json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    except ValueError:
        pass
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return f"({len(value):,} bytes that are no text; --raw FILE writes them)"
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def as_json(letter: Letter) -> dict[str, object]:
    why, settled = letter.why, letter.settled
    return {
        "id": str(letter.name),
        "stage": why.stage,
        "reason": why.reason,
        "field": why.field,
        "expected": why.expected,
        "got": why.got,
        "topic": why.topic,
        "partition": why.partition,
        "offset": why.offset,
        "refused_at": why.at.isoformat(),
        "type": letter.type,
        "size": letter.size,
        "tries": why.tries,
        "state": letter.state.value,
        "settled": None if settled is None else {"at": settled.at.isoformat(), "by": settled.by, "why": settled.why},
    }


def age(since: timedelta) -> str:
    """In one unit: 42 s, 17 min, 5 h, 12 d."""
    seconds = max(0, int(since.total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def size(count: int) -> str:
    if count < 10_000:
        return f"{count} B"
    return f"{count // 1024:,} KB" if count < 10_000_000 else f"{count // 1024**2:,} MB"


def _state(letter: Letter) -> Text:
    text = Text(letter.state, style=STATE[letter.state])
    if letter.settled is None:
        return text
    done = letter.settled
    text.append(
        f" {looks.day(done.at)} {looks.clock(done.at, ms=False)} by {looks.one_line(done.by)}", style="not bold"
    )
    text.append(f": {looks.one_line(done.why)}", style="not bold")
    if done.to is not None:
        text.append(f"  (at {done.to.topic}/{done.to.partition}/{done.to.offset})", style="dim")
    return text
