"""Commands of desktops: onto the pool's log, and back what dispatch made of them. The gateway decides nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog

from channels.errors import Problem
from router.deployment import Deployment
from router.gateway.log import Log
from router.gateway.queues import QueueView
from router.gateway.results import Results
from router.model import cloudevents, ids
from router.model.cloudevents import Attributes
from router.model.commands import Command, OnIncident
from router.model.events import CommandResult

POOL = "pool"
SOURCE = "/gateway"
RESULT_S = 2.0
VIEW_S = 0.3

log = structlog.get_logger()


class UnknownPool(Problem):
    """No such pool."""


class NoResult(Problem):
    """Nobody answered the command in time; the same Idempotency-Key may be tried again."""


@dataclass(frozen=True)
class Caller:
    """Who asks, and what makes a repetition the same command. path: of the request."""

    token: str
    path: str
    idempotency_key: str | None
    traceparent: str

    def command_id(self) -> str:
        if self.idempotency_key is None:
            return f"m_{uuid4().hex[: ids.LENGTH]}"
        return ids.command_id(self.token, self.path, self.idempotency_key)


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 of a body, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Commands:
    """result_s: how long a result is waited for; view_s: how long, after it, for the queues to show it."""

    log: Log
    results: Results
    view: QueueView
    deployment: Deployment
    clock: Callable[[], datetime]
    result_s: float = RESULT_S
    view_s: float = VIEW_S

    async def run(self, name: str, command: Command, caller: Caller, pool: str | None) -> CommandResult:
        """What became of the command. Raises UnknownPool, NoResult, Unavailable."""
        partition = self.partition(pool)
        subject = command.incident_id if isinstance(command, OnIncident) else command.agent_id
        message = cloudevents.message(
            topic=POOL,
            key=str(pool),
            value=command,
            attributes=Attributes(
                id=command.command_id,
                type=f"command.{name}",
                source=SOURCE,
                subject=subject,
                time=self.clock(),
                traceparent=caller.traceparent,
            ),
            partition=partition,
        )
        with self.results.wait(command.command_id, command.fingerprint) as waiter:
            await self.log.append(message)
            try:
                async with asyncio.timeout(self.result_s):
                    result = await waiter
            except TimeoutError:
                log.warning("command.no_result", command=name, id=command.command_id, pool=pool)
                raise NoResult from None
        if result.status == 200 and result.incident is not None:
            await self.view.reached(result.incident.incident_id, result.incident.revision, self.view_s)
        return result

    def partition(self, pool: str | None) -> int:
        """Where the pool's log stands. Raises UnknownPool."""
        if pool is None or pool not in self.deployment.pools:
            raise UnknownPool
        return self.deployment.pools[pool].partition
