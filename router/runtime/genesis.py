"""A pool's log begins with a policy: the first `policy.applied` in it is in force from its first record on.

A log without one gets the default pack from its first owner. So a rerun from the log's start finds the same policy
for every record, whatever stood in the log before the first owner came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from router.model.cloudevents import Attributes, Message, message
from router.model.events import PolicyApplied
from router.runtime.ports import Cluster, Slot, Writer
from router.stages.contract import Entries, Entry

POLICY_APPLIED = "policy.applied"

log = structlog.get_logger()

Seeded = Callable[[Entries, PolicyApplied], Entries]


class PolicyGenesis:
    """The seed of a new pool's state.

    pools_on: names of the pools whose log is a partition. seeded: the stage's own way to begin with a policy.
    """

    def __init__(
        self,
        cluster: Cluster,
        pools_on: Callable[[int], tuple[str, ...]],
        default: PolicyApplied,
        seeded: Seeded,
        now: Callable[[], datetime],
    ) -> None:
        self._cluster = cluster
        self._pools_on = pools_on
        self._default = default
        self._seeded = seeded
        self._now = now

    async def __call__(self, slot: Slot, writer: Writer) -> Mapping[str, Entry | None]:
        pools = self._pools_on(slot.partition)
        if not pools:
            return {}
        applied = await self._first(slot)
        if applied is None:
            await writer.append([self._message(slot, pools[0])])
            log.info("policy.applied", partition=slot.partition, sha256=self._default.sha256[:12])
            applied = await self._first(slot)
        if applied is None:
            return {}
        return self._seeded(Entries({}), applied).changes

    async def _first(self, slot: Slot) -> PolicyApplied | None:
        reader = self._cluster.reader([slot])
        await reader.start()
        try:
            end = (await reader.ends())[slot]
            while await reader.position(slot) < end:
                for record in await reader.fetch(0.1):
                    if record.header("ce_type") == POLICY_APPLIED and record.value is not None:
                        return PolicyApplied.model_validate_json(record.value)
            return None
        finally:
            await reader.close()

    def _message(self, slot: Slot, pool: str) -> Message:
        now = self._now()
        attributes = Attributes(
            id=f"default-{self._default.sha256[:26]}",
            type=POLICY_APPLIED,
            source="/stages/pool",
            subject=pool,
            time=now,
        )
        return message(slot.topic, pool, self._default, attributes, slot.partition)
