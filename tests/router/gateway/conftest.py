from __future__ import annotations

from pathlib import Path

import pytest

from tests.router.gateway.parts import PoolLog, Running, running


@pytest.fixture
def up(tmp_path: Path) -> Running:
    """A gateway on a log that takes everything, and tells nobody."""
    return running(tmp_path)


@pytest.fixture
def desk(tmp_path: Path) -> Running:
    """A gateway on a log with a pool at work."""
    log = PoolLog()
    up = running(tmp_path, log=log, result_s=1.0)
    log.gateway = up.gateway
    return up
