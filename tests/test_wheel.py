"""What is installed without a checkout has its data files too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

HERE = Path(__file__).parents[1]


def test_the_wheel_holds_every_file_that_is_read_at_run_time(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=HERE, check=True)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())
    data = {
        file.relative_to(HERE).as_posix()
        for package in ("channels", "scoring", "router")
        for file in (HERE / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert data <= held
    assert {"router/topics.yaml", "router/router.yaml", "router/runtime/jars.lock"} <= held
    assert not [name for name in held if name.startswith("tests/")]
