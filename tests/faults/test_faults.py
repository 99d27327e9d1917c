"""A choice of the fault runs, a few times each; `make faults` does all of them, and more often."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.report import Line, table
from tests.faults.run import Place, Run
from tests.faults.runs import RUNS

SEED = 71


@pytest.mark.timeout(400)
@pytest.mark.parametrize("run", [pytest.param(run, id=run.name) for run in RUNS if run.few])
async def test_what_is_promised_is_kept_under(run: Run, tmp_path: Path) -> None:
    said: list[str] = []
    outcome = await run.body(Place(tmp_path / run.name, run.few, SEED, said.append))
    assert outcome.kept, table([Line(run, run.few, 0, outcome)])
