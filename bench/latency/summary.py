"""What runs at the same rate came to, rounds taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.latency.runs import Run
from bench.latency.spread import Spread

WITHIN_MS = 1000


@dataclass(frozen=True)
class Summary:
    """Times in ms. cpu_us: CPU microseconds a contact, by process; rss_mb at the end, peak_mb at most.

    p50s: of each round's times to the queue, to see how far rounds lie apart. cpus: how many CPUs all of it kept busy.
    """

    rate: float
    bare: bool
    contacts: int
    answered: Spread
    queued: Spread
    late: Spread
    refused: int
    lost: int
    p50s: tuple[float, ...]
    cpu_us: dict[str, float]
    cpus: float
    rss_mb: dict[str, float]
    peak_mb: dict[str, float]

    @property
    def carried(self) -> bool:
        """Nobody refused, nobody lost, and 99 of 100 on their queue within a second."""
        return not self.refused and not self.lost and self.queued.p99 < WITHIN_MS


def summary(runs: Sequence[Run]) -> Summary:
    """runs: at least one; all of one rate and kind."""
    offered = [run.offered for run in runs]
    contacts = sum(one.count for one in offered)
    last = runs[-1].used
    cpu_s = {part: sum(run.used[part].cpu_s for run in runs) for part in last}
    cpu_s["generator"] = sum(one.cpu_s for one in offered)
    return Summary(
        rate=runs[0].rate,
        bare=runs[0].bare,
        contacts=contacts,
        answered=Spread.of(ms for one in offered for ms in one.answered),
        queued=Spread.of(ms for one in offered for ms in one.queued),
        late=Spread.of(ms for one in offered for ms in one.late),
        refused=sum(sum(one.refused.values()) for one in offered),
        lost=sum(one.lost for one in offered),
        p50s=tuple(Spread.of(one.queued).p50 for one in offered),
        cpu_us={part: seconds / contacts * 1e6 for part, seconds in cpu_s.items()},
        cpus=sum(cpu_s.values()) / sum(run.seconds for run in runs),
        rss_mb={part: used.rss_mb for part, used in last.items()},
        peak_mb={part: used.peak_mb for part, used in last.items()},
    )
