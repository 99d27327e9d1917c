"""What a simulation is made of: the real parts, or others in their place that make a mistake."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from router.gateway.spool.spool import Spool
from router.gateway.spool.spooling import SpoolingLog
from router.runtime.changelogged import Changelogged
from router.runtime.runner import Runner
from tests.simulation.broker import Broker
from tests.simulation.cluster import Connection, SimulatedCluster
from tests.simulation.disk import MemoryRows, SimulatedSpool
from tests.simulation.group import Group
from tests.simulation.operator import Operator


@dataclass(frozen=True)
class Parts:
    """What workers and the gateway are made of; a mutation replaces some of it.

    kept: a stage with state's progress, made like Changelogged. spooling, spool: the gateway's log, and its spool.
    is_of: whether a checkpoint is of the changelog that is there now; None: as the real one says.
    """

    runner: Callable[..., Runner] = Runner
    kept: Callable[..., Changelogged] = Changelogged
    cluster: Callable[[Connection, Mapping[str, Group]], Any] = SimulatedCluster
    spooling: Callable[[Any, Spool], SpoolingLog] = SpoolingLog
    spool: Callable[[MemoryRows, Callable[[], int]], Spool] = SimulatedSpool
    is_of: Callable[..., bool] | None = None
    operator: Callable[[Broker, random.Random, Callable[[str], None]], Operator] = Operator
