"""The live view of `router run`: arrivals, the emergency, queues, latencies; for 80x24 as for wide terminals. Pure."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from channels.contact import Medium
from router.cli import looks
from router.cli.run_lines import latency
from router.model.events import QueueEvent
from router.play.board import Board, Placed, Sending
from scoring.model import Severity, Skill

_SIDE = 44
_IN_A_ROW = 3
_TRIO = (Medium.SMS, Medium.CALL, Medium.EMAIL)
_ABOVE_AND_BELOW = 11


def view(board: Board, *, elapsed_s: float, moves: int, width: int, height: int) -> RenderableType:
    """Everything in at most `height` lines. elapsed_s: since the play began; moves: how many it has."""
    top = _top(board, elapsed_s, moves)
    if width >= looks.WIDE:
        side = Group(_emergency(board, _SIDE), Text(), _queues(board), Text(), *_latencies(board))
        grid = Table.grid(expand=True, padding=(0, 1))
        grid.add_column(ratio=1)
        grid.add_column(width=_SIDE)
        grid.add_row(_arrivals(board, height - 2, wide=True), side)
        return Group(top, grid)
    return Group(
        top,
        _arrivals(board, max(3, height - _ABOVE_AND_BELOW), wide=False),
        _emergency(board, width),
        _compact_queues(board),
        Text(f"webhook to queue  {latency(board.latencies())}", style="bold", no_wrap=True, overflow="ellipsis"),
    )


def _top(board: Board, elapsed_s: float, moves: int) -> Text:
    expected = board.expected()
    text = Text("Contact router", style="bold").append(f"   {elapsed_s:4.1f} s", style="not bold dim")
    text.append(f"   {len(board.sendings)} of {moves} requests sent", style="not bold")
    return text.append(f"   {len(expected) - len(board.missing())} contacts on a queue", style="not bold")


def _arrivals(board: Board, rows: int, *, wide: bool) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_header=wide, header_style="dim")
    table.add_column("time", no_wrap=True, width=8)
    table.add_column("by", no_wrap=True, width=5)
    table.add_column("", no_wrap=True, width=2)
    table.add_column("queue", no_wrap=True, width=14)
    table.add_column("to queue", no_wrap=True, width=8 if wide else 6, justify="right")
    table.add_column("evidence", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("words", no_wrap=True, overflow="ellipsis", ratio=1, style="dim")
    shown = [one for one in board.sendings if not one.move.update]
    for sending in shown[-(rows - wide) :]:
        table.add_row(*_arrival(board, sending), style="bold" if sending.move.emergency else "")
    return table


def _arrival(board: Board, sending: Sending) -> tuple[RenderableType, ...]:
    move = sending.move
    at = looks.clock(sending.answer.at, ms=False) if sending.answer else ""
    words = Text(looks.one_line(move.snippet), style="red" if move.emergency else "")
    placed = board.placed.get(sending.contact_id or "")
    if move.repeat:
        return at, looks.medium(move.medium), "", Text("sent again", style="dim"), "", "the same contact", words
    if sending.problem or (sending.answer and not sending.answer.taken):
        status = str(sending.answer.status) if sending.answer else "no answer"
        return at, looks.medium(move.medium), "", Text(f"refused {status}", style="bold red"), "", "", words
    if placed is None and move.automatic:
        return at, looks.medium(move.medium), "", Text("kept out", style="dim"), "", "automatic reply", words
    if placed is None:
        return at, looks.medium(move.medium), "", Text("…", style="dim"), "", "", words
    return (
        at,
        looks.medium(move.medium),
        looks.severity(placed.severity),
        placed.skill.value,
        f"{placed.queue_ms:.0f} ms",
        _evidence(placed),
        words,
    )


def _evidence(placed: Placed) -> Text:
    """The first rule, and how many more."""
    more = len(placed.rules) - 1
    return Text(placed.rules[0] if placed.rules else "-").append(f" +{more}" if more > 0 else "", style="dim")


def _emergency(board: Board, width: int) -> Panel:
    incident = board.emergency()
    frame = "dim" if incident is None else "bold red"
    lines = Text("waiting for it …", style="dim") if incident is None else _incident(incident)
    title = "the emergency" if incident is None else f"the emergency: one incident, {incident.state}"
    return Panel(lines, title=title, title_align="left", border_style=frame, box=box.ROUNDED, width=width)


def _incident(incident: QueueEvent) -> Text:
    text = looks.severity(incident.severity).append(f" {incident.skill}", style="bold")
    text.append(f"  {looks.short(incident.incident_id)}\n")
    for medium in _TRIO:
        came = any(ref.channel is medium for ref in incident.contacts)
        text.append(f"{'●' if came else '○'} {medium}  ", style="bold" if came else "dim")
    return text


def _queues(board: Board) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim", width=_SIDE)
    table.add_column("queue", ratio=1)
    for severity in Severity:
        table.add_column(severity.value, justify="right", width=3)
    counts = board.counts()
    for skill in Skill:
        count = counts.get(skill, Counter())
        table.add_row(skill.value, *(_count(count[severity], severity) for severity in Severity))
    return table


def _compact_queues(board: Board) -> Table:
    """All queues, three in a row; a figure for each severity."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for _ in range(_IN_A_ROW):
        table.add_column(no_wrap=True, width=25)
    counts = board.counts()
    cells = [_cell(skill, counts.get(skill, Counter())) for skill in Skill]
    for start in range(0, len(cells), _IN_A_ROW):
        table.add_row(*cells[start : start + _IN_A_ROW])
    return table


def _cell(skill: Skill, count: Counter[Severity]) -> Text:
    text = Text(f"{skill.value:<14}", style="" if count.total() else "dim")
    for severity in Severity:
        number = _count(count[severity], severity)
        room = 2 if severity is Severity.S1 else 3
        text.append(" " * (room - len(number.plain))).append_text(number)
    return text


def _count(number: int, severity: Severity) -> Text:
    return Text(str(number), style=looks.SEVERITY[severity]) if number else Text("·", style="dim")


def _latencies(board: Board) -> tuple[Text, ...]:
    return (
        Text("webhook to queue", style="dim"),
        Text("  " + latency(board.latencies()), style="bold"),
        Text("first byte sent to read from the queue", style="dim"),
        Text("  " + latency(board.reader_latencies()), style="bold"),
    )
