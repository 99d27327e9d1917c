"""A state made anew of its log: whoever reads along hears what a dead owner may never have told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from router.model.cloudevents import version
from router.model.events import PolicyApplied
from router.runtime.ports import SendFailed, Slot
from router.runtime.rebuild import NotNeeded, Rebuild, Rebuilt
from router.runtime.takeover import Identity
from router.stages.contract import Entries, Record
from router.stages.in_force import seeded
from router.stages.pool import Pool
from router.watchdog.facts.agents import Agents, has_room
from tests.router.runtime.memory_log import MemoryCluster, MemoryLog, MemoryWriter
from tests.router.stages.situations import NOON, Said, came, claims, policy_applied, presence, record

POOL, DESK, CHANGES = Slot("pool", 0), Slot("desk", 0), Slot("pool.changelog", 0)
BEFORE = [presence("maria", capacity=1), came("sms", "ann"), claims("maria", "sms")]
MINUTE = timedelta(minutes=1)


def log_with(*several: Said, apart: timedelta = timedelta(seconds=1)) -> MemoryLog:
    log = MemoryLog()
    log.slots[POOL] = [record(each, offset, NOON + apart * offset) for offset, each in enumerate(several)]
    return log


async def rebuild(log: MemoryLog) -> Rebuilt:
    applied = policy_applied().value
    assert isinstance(applied, PolicyApplied)
    identity = Identity("rebuild", lambda: datetime.now(UTC))
    made = Rebuild(Pool(), MemoryCluster(log, frozenset()), ["queue.general"], lambda _: 0, identity)
    return await made.run(POOL, seeded(Entries({}), applied).changes, MemoryWriter(log), lambda *_: None)


def known(log: MemoryLog) -> dict[str, bool]:
    """Of each agent that a reader of the desk knows whether they have room."""
    agents = Agents()
    for each in log.slots[DESK]:
        agents.apply(each)
    return {agent.agent_id: has_room(agent) for agent in agents.available()}


def answered(log: MemoryLog) -> list[str | None]:
    return [each.header("ce_subject") for each in log.slots[DESK] if each.header("ce_type") == "command.result"]


async def test_an_agent_is_told_once_more_as_they_are_now_and_so_is_what_became_of_each_command() -> None:
    log = log_with(*BEFORE)
    done = await rebuild(log)
    assert (known(log), done.retold) == ({"maria": False}, 3)
    assert answered(log) == ["maria-available", "maria-claim-sms"]


async def test_readers_believe_it_whatever_epoch_the_desk_has_seen() -> None:
    log = log_with(*BEFORE)
    await rebuild(log)
    # A former owner had only agents to tell of, under the seventh epoch; the queues never saw that.
    log.slots[DESK] = [stale(each, 7) for each in log.slots[DESK] if each.header("ce_type") == "agent.changed"]
    log.slots[CHANGES].clear()
    log.slots[POOL].append(record(presence("maria", capacity=2, command="more"), len(BEFORE), NOON + MINUTE))
    done = await rebuild(log)
    assert (known(log), done.epoch) == ({"maria": True}, 8)
    assert {version(each.headers)[0] for each in log.slots[CHANGES]} == {8}


def stale(told: Record, epoch: int) -> Record:
    headers = [each for each in told.headers if each[0] != "ce_epoch"]
    return replace(told, headers=(*headers, ("ce_epoch", str(epoch).encode())))


async def test_what_nobody_remembers_any_more_isnt_told() -> None:
    log = log_with(*BEFORE, apart=6 * MINUTE)
    await rebuild(log)
    assert answered(log) == ["maria-claim-sms"]


async def test_who_is_interrupted_before_all_is_told_begins_again() -> None:
    log = log_with(*BEFORE)
    log.fail_after = 1
    with pytest.raises(SendFailed):
        await rebuild(log)
    log.fail_after = None
    done = await rebuild(log)
    assert (known(log), done.epoch) == ({"maria": False}, 2)


async def test_of_a_changelog_that_is_whole_nothing_is_told() -> None:
    log = log_with(*BEFORE)
    await rebuild(log)
    told = len(log.slots[DESK])
    with pytest.raises(NotNeeded):
        await rebuild(log)
    assert len(log.slots[DESK]) == told
