"""What package.json names, installed once: kafkajs, and the JSON Schema of AsyncAPI documents.

Machines without npm or without its registry skip the tests that need it; anything else that goes wrong is a failure.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import pytest

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json")
CACHE = HERE.parents[1] / ".cache" / "clients"
AWAY = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "ENOTCACHED")


def installed() -> Path:
    """A folder with `node_modules`. Skips the test where it can't be had."""
    sums = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()
    folder = CACHE / sums[:16]
    if not folder.is_dir():
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    making = Path(mkdtemp(dir=CACHE))
    try:
        for name in FILES:
            shutil.copy(HERE / name, making)
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000"],
            cwd=making,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        if any(code in done.stderr for code in AWAY):
            pytest.skip("npm reaches no registry")
        assert done.returncode == 0, done.stderr
        try:
            making.rename(folder)
        except OSError:
            # Another test process was quicker.
            assert folder.is_dir()
    finally:
        shutil.rmtree(making, ignore_errors=True)
