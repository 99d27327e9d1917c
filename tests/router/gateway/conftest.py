from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import uvloop

from tests.router.gateway.parts import PoolLog, Running, running


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the gateway runs on: sockets and TLS differ between loops."""
    return {"uvloop": uvloop.new_event_loop}


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
