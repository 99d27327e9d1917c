"""`make faults`: every run, its progress on stderr, the report on stdout. Exit status 1 where a promise wasn't kept."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from bench.latency.machine import machine
from tests.faults.report import Line, as_json, table
from tests.faults.run import Outcome, Place, Run, Skipped
from tests.faults.runs import RUNS
from tests.faults.scene import Tell


def main() -> None:
    asked = _arguments()
    # As Ctrl-C, which asyncio makes an end in order of: nothing is left running.
    signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the broker is away on purpose
    chosen = [run for run in RUNS if not asked.only or run.name in asked.only]
    unknown = set(asked.only) - {run.name for run in RUNS}
    if unknown:
        sys.exit(f"no such run: {', '.join(sorted(unknown))}; there are {', '.join(run.name for run in RUNS)}")
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="faults-"))
    lines = []
    for number, run in enumerate(chosen, 1):
        tell = _teller(f"[{number}/{len(chosen)}] {run.name}")
        place = Place(folder / run.name, asked.times or run.times, asked.seed, tell)
        lines.append(asyncio.run(done(run, place)))
        tell(f"{lines[-1].verdict} after {lines[-1].seconds:.0f} s\n")
        if lines[-1].good and asked.folder is None:
            shutil.rmtree(place.folder, ignore_errors=True)
        if asked.json:  # after each: an hour is long
            Path(asked.json).write_text(json.dumps(as_json(lines, machine()), indent=1) + "\n")
    sys.stdout.write(table(lines) + "\n")
    if all(line.good for line in lines):
        if asked.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
        return
    sys.stdout.write(f"\nLedgers and logs are under {folder}.\n")
    sys.exit(1)


async def done(run: Run, place: Place) -> Line:
    """One run, whatever comes of it."""
    began = time.monotonic()
    outcome: Outcome | None = None
    skipped = failed = None
    try:
        outcome = await run.body(place)
    except Skipped as reason:
        skipped = str(reason)
    except Exception as error:
        place.folder.mkdir(parents=True, exist_ok=True)
        (place.folder / "trace.txt").write_text(traceback.format_exc())
        failed = f"{type(error).__name__}: {error}"
    if outcome is not None and outcome.findings:
        (place.folder / "findings.txt").write_text("\n".join(str(one) for one in outcome.findings) + "\n")
    return Line(run, place.times, time.monotonic() - began, outcome, skipped, failed)


def _teller(head: str) -> Tell:
    """Over itself on a terminal, a line each elsewhere."""
    began = time.monotonic()

    def tell(words: str) -> None:
        before, after = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
        sys.stderr.write(f"{before}{head}: {words.rstrip()} ({time.monotonic() - began:.0f} s){after}")
        if words.endswith("\n") and after == "":
            sys.stderr.write("\n")
        sys.stderr.flush()

    return tell


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults ARGS=", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this run; may be given again")
    parser.add_argument("--times", type=int, help="how often each fault happens")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 70, help="of people, words and pauses")
    parser.add_argument("--folder", help="keep data, logs and ledgers here, in a folder that is empty")
    parser.add_argument("--json", metavar="FILE", help="the report's figures")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
