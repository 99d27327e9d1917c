"""What the doctor says of a gateway's spool, by the gateway's own metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from router.cli.doctor_check import Level
from router.cli.doctor_gateway import spool
from router.gateway.spool.figures import SpoolFigures
from router.gateway.spool.spool import Spool
from router.watchdog.facts.gateways import Figures
from router.watchdog.scrape import parsed


@pytest.mark.parametrize(
    ("figures", "level", "says", "mend"),
    [
        (Figures(), Level.OK, "nothing waits", ""),
        (Figures(spooled=7, oldest_s=81.2), Level.WARN, "7 contacts wait on its disk, the oldest for 81 s", "broker"),
        (Figures(spooled=7, held=2), Level.FAIL, "2 contacts are held", "router topics check"),
        (Figures(broken=1, held=2), Level.FAIL, "1 damaged spools were set aside", "sqlite3"),
        (Figures(spool_works=False, broken=1), Level.FAIL, "its disk takes nothing", "DATA/spool"),
    ],
)
def test_the_worst_is_said_with_what_to_do(figures: Figures, level: Level, says: str, mend: str) -> None:
    found = spool(figures)
    assert found.level is level
    assert says in found.says
    assert mend in found.mend


def test_what_the_gateway_counts_is_what_is_read(tmp_path: Path) -> None:
    made = Spool(tmp_path / "spool", 100, now_ms=lambda: 0)
    registry = CollectorRegistry()
    registry.register(SpoolFigures(made))
    assert parsed(generate_latest(registry).decode()) == Figures(spool_works=False)
    made.works, made.held = True, 3
    made.backlog.writing(b"ann", 1)
    made.backlog.written(b"ann", 1, 1000, urgent=False)
    found = parsed(generate_latest(registry).decode())
    assert (found.spooled, found.held, found.broken, found.spool_works) == (1, 3, 0, True)
    assert found.oldest_s > 10**9
