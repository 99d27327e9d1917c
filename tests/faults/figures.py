"""The figures of `make faults ARGS="--json FILE"` as docs/reliability.md has them.

python -m tests.faults.figures FILE [FILE ...] [--docs docs/reliability.md]

Of several files the later ones' runs take the place of the earlier ones'.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
PARTS = (" p50 s", " p95 s", " longest s")
KEPT_OUT = ("answers, ", "commands")

Told = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--docs", type=Path, help="write them in there, between the marks")
    asked = parser.parse_args()
    told = merged([json.loads(file.read_text()) for file in asked.files])
    if asked.docs is None:
        sys.stdout.write(markdown(told))
        return
    before, _, rest = asked.docs.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    asked.docs.write_text(before + BEGIN + markdown(told) + END + after)


def merged(all_told: Sequence[Told]) -> Told:
    """In the order of their first appearance."""
    runs = {run["name"]: run for told in all_told for run in told["runs"]}
    return {"machine": all_told[-1]["machine"], "runs": list(runs.values())}


def markdown(told: Told) -> str:
    machine = told["machine"]
    sums = {kind: sum(run["findings"][kind] for run in told["runs"]) for kind in told["runs"][0]["findings"]}
    minutes = sum(run["seconds"] for run in told["runs"]) / 60
    lines = [
        f"{machine['date']}, {machine['processor']}, {machine['memory']}, {machine['system']}; {minutes:.0f} minutes.",
        "",
        "Findings of all runs: " + ", ".join(f"{kind} {count}" for kind, count in sums.items()) + ".",
        "",
        "| run | times | s | verdict | sent, accepted | measured (of times: p50 / p95 / longest) |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_row, told["runs"])]) + "\n"


def _row(run: Told) -> str:
    figures = run["figures"]
    sent = f"{figures['sent']:,}, {figures['acknowledged']:,}" if "sent" in figures else ""
    measured = "; ".join([*_times(figures), *_counts(figures)]) or (run["reason"] or "")
    return f"| `{run['name']}` | {run['times']:,} | {run['seconds']:.0f} | {run['verdict']} | {sent} | {measured} |"


def _times(figures: Told) -> list[str]:
    names = [name.removesuffix(PARTS[0]) for name in figures if name.endswith(PARTS[0])]
    return [f"{name} {' / '.join(f'{figures[name + part]:.2f}' for part in PARTS)} s" for name in names]


def _counts(figures: Told) -> list[str]:
    return [
        f"{name} {value:,}"
        for name, value in figures.items()
        if not isinstance(value, str)
        and name not in ("sent", "acknowledged")
        and not name.endswith(PARTS)
        and not name.startswith(KEPT_OUT)
    ]


if __name__ == "__main__":
    main()
