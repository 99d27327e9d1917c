"""What `router doctor` found, as a table: the level, what was found, and below it what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from router.cli.doctor_check import Level, Outcome
from router.cli.pipes import PipedConsole, quiet_end

STYLE = {Level.OK: "green", Level.WARN: "bold yellow", Level.FAIL: "bold white on red", Level.SKIPPED: "dim"}


def show(found: Iterable[tuple[str, Outcome]]) -> None:
    found = list(found)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "check"):
        table.add_column(heading, no_wrap=True)
    table.add_column("found, and what to do", ratio=1, min_width=40)
    for name, outcome in found:
        said = Text(outcome.says)
        if outcome.mend:
            said.append(f"\n→ {outcome.mend}", style="bold")
        table.add_row(Text(outcome.level.value, style=STYLE[outcome.level]), Text(name), said)
    console = PipedConsole()
    if not console.is_terminal:
        console.width = 160
    counts = Counter(outcome.level for _, outcome in found)
    with quiet_end():
        console.print(table)
        console.print(", ".join(f"{counts[level]} {level.value}" for level in Level if counts[level]), soft_wrap=True)
