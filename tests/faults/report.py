"""The report: a table for people, JSON for whoever keeps figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.checker.findings import Kind
from tests.faults.run import Outcome, Run

SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A run that was done; skipped: why it wasn't. failed: how the run itself broke down."""

    run: Run
    times: int
    seconds: float
    outcome: Outcome | None = None
    skipped: str | None = None
    failed: str | None = None

    @property
    def verdict(self) -> str:
        if self.skipped is not None:
            return "skipped"
        if self.outcome is None:
            return "broke down"
        if not self.outcome.kept:
            return "NOT KEPT"
        return "kept, slow" if self.outcome.aims else "kept"

    @property
    def good(self) -> bool:
        return self.skipped is not None or (self.outcome is not None and self.outcome.kept)

    def counts(self) -> dict[str, int]:
        """Findings by kind, zeros told too."""
        found = Counter(one.kind for one in self.outcome.findings) if self.outcome else Counter()
        return {kind.value: found[kind] for kind in Kind}


def table(lines: Sequence[Line]) -> str:
    """As text, with what was found and measured below each run."""
    out = []
    for line in lines:
        out.append(
            f"{line.run.name:<22} {line.verdict:<11} {line.times:>6} times {line.seconds:>7.1f} s  {line.run.says}"
        )
        if line.skipped or line.failed:
            out.append(f"    {line.skipped or line.failed}")
        if line.outcome is None:
            continue
        found = {name: count for name, count in line.counts().items() if count}
        out.append("    findings: " + (", ".join(f"{name} {count}" for name, count in found.items()) or "none"))
        out += [f"    {name}: {value}" for name, value in line.outcome.figures.items()]
        out += [f"    broken: {one}" for one in line.outcome.broken]
        out += [f"    aim missed: {one}" for one in line.outcome.aims]
        out += [f"    {one}" for one in line.outcome.findings[:SHOWN]]
    return "\n".join(out)


def as_json(lines: Sequence[Line], machine: object) -> dict[str, object]:
    return {
        "machine": machine,
        "runs": [
            {
                "name": line.run.name,
                "verdict": line.verdict,
                "times": line.times,
                "seconds": round(line.seconds, 1),
                "reason": line.skipped or line.failed,
                "findings": line.counts(),
                "figures": line.outcome.figures if line.outcome else {},
                "broken": line.outcome.broken if line.outcome else [],
                "aims_missed": line.outcome.aims if line.outcome else [],
            }
            for line in lines
        ],
    }
