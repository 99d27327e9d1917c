"""How long an assessment takes, how that grows with the text, and what scoring takes to load.

    python -m bench.scoring [--quick]

One contact after the other on one thread, as intake does it, with the collector of cycles set as in a worker. Times are
by the clock, so other work on the machine shows in them; CPU is what the process itself used, the median of all. A
virtual machine is quicker in one hour than in another: ten million additions, before and after, tell which this was.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.latency.machine import machine
from bench.scoring.measuring import Times, load, pace, times
from bench.scoring.texts import HOSTILE, dense, mail, messages
from channels.contact import Contact
from router import garbage
from scoring.assess import assess
from scoring.classifier.asked import Asked

KB = 1024
MAIL, HOSTILE_SIZE = 100 * KB, 200 * KB
WIDTH = 80
COLUMNS = ("what", "times", "p50 ms", "p99 ms", "most ms", "CPU ms")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    few = options.parse_args().quick
    console = Console(width=WIDTH, highlight=False)
    for name, value in machine().items():
        console.print(f"{name:<10} {value}")
    garbage.seldom()
    version = assess(messages(1)[0]).version
    garbage.stays()
    before = pace()
    console.print(f"{'judged by':<10} {version}")
    loads = [load() for _ in range(1 if few else 5)]
    seconds, cpu, rss = (
        median(each) for each in zip(*((one.seconds, one.cpu, one.rss_mb) for one in loads), strict=True)
    )
    console.print(f"{'loads in':<10} {seconds:.2f} s, {cpu:.2f} s of CPU, {rss:.0f} MB resident more\n")
    console.print(_contacts(few))
    console.print()
    console.print(_growth(few))
    console.print(f"\nten million additions take {before:.2f} s before, {pace():.2f} s after")


def _contacts(few: bool) -> Table:
    table = _table(*COLUMNS)
    rounds = 1 if few else 10
    written = messages(1_000)
    _row(table, "text message, encoder never asked", times(written, rounds, Asked.NEVER))
    texts = times(written, rounds)
    _row(table, "text message, as it comes", texts)
    _row(table, "text message, encoder always asked", times(written, 1, Asked.ALWAYS))
    _row(table, "text message of examples", times(dense(500), rounds))
    _row(table, f"mail of {MAIL // KB} KB", times([mail(MAIL)], 10 * rounds))
    for name, made in HOSTILE.items():
        _row(table, f"{HOSTILE_SIZE // KB} KB, {name}", times([made(HOSTILE_SIZE)], 2 * rounds))
    table.add_row("text messages a second, one core", "", "", "", "", f"{1e3 / texts.cpu:,.0f}", style="bold")
    return table


def _growth(few: bool) -> Table:
    """CPU time by length, and how many times that of half the length it is: 2 is linear."""
    sizes = (25 * KB, 50 * KB, 100 * KB, 200 * KB)
    table = _table("CPU ms, times half", *(f"{size // KB} KB" for size in sizes))
    kinds: dict[str, Callable[[int], Contact]] = {"mail": mail, **HOSTILE}
    for name, made in kinds.items():
        found = [times([made(size)], 3 if few else 15).cpu for size in sizes]
        table.add_row(name, *_ratios(found))
    return table


def _ratios(found: Sequence[float]) -> list[str]:
    first = f"{found[0]:.1f}"
    return [first, *(f"{now:.1f} ({now / before:.1f}x)" for before, now in pairwise(found))]


def _row(table: Table, what: str, found: Times) -> None:
    values = (found.p50, found.p99, found.most, found.cpu)
    table.add_row(what, str(found.count), *(f"{value:.{2 if value < 10 else 1}f}" for value in values))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    return table


if __name__ == "__main__":
    main()
