from __future__ import annotations

from router.model.cloudevents import Message
from router.model.events import PolicyApplied
from router.policy.load import default_text, sha256
from router.runtime.genesis import PolicyGenesis
from router.runtime.ports import Slot
from router.stages.in_force import seeded
from router.stages.state import PolicyInForce
from tests.router.runtime.memory_log import START, MemoryCluster, MemoryLog, MemoryWriter

SLOT = Slot("pool", 0)
DEFAULT = PolicyApplied(sha256=sha256(default_text()), text=default_text())


def genesis(log: MemoryLog) -> PolicyGenesis:
    pools = {0: ("petcare",)}
    cluster = MemoryCluster(log, frozenset())
    return PolicyGenesis(cluster, lambda partition: pools.get(partition, ()), DEFAULT, seeded, lambda: START)


def policies(log: MemoryLog) -> list[Slot]:
    return [
        slot for slot, records in log.slots.items() for each in records if each.header("ce_type") == "policy.applied"
    ]


async def test_a_log_without_a_policy_gets_the_default_pack_once() -> None:
    log = MemoryLog()
    first = await genesis(log)(SLOT, MemoryWriter(log))
    second = await genesis(log)(SLOT, MemoryWriter(log))
    assert first == second
    assert [type(entry) for entry in first.values()] == [PolicyInForce]
    assert policies(log) == [SLOT]


async def test_the_first_policy_of_a_log_holds_from_its_first_record_on() -> None:
    log = MemoryLog()
    own = PolicyApplied(sha256=sha256(default_text() + "\n# ours\n"), text=default_text() + "\n# ours\n")
    log.append(Message("pool", b"petcare", b"{}", (("ce_type", b"contact.scored"),), 0))
    log.append(Message("pool", b"petcare", own.model_dump_json().encode(), (("ce_type", b"policy.applied"),), 0))
    found = await genesis(log)(SLOT, MemoryWriter(log))
    assert [entry.text for entry in found.values() if isinstance(entry, PolicyInForce)] == [own.text]
    assert policies(log) == [SLOT]


async def test_a_partition_without_a_pool_needs_none() -> None:
    log = MemoryLog()
    assert await genesis(log)(Slot("pool", 3), MemoryWriter(log)) == {}
    assert policies(log) == []
