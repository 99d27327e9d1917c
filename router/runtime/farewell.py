"""Takes dead workers out of their consumer groups, in their name.

The broker waits for a dead member's session, 6 s, before others get its partitions. Who knows for sure that the
process has ended can say goodbye for it, and the next worker starts at once.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Collection
from contextlib import suppress

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeGroupsRequest
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.group import LeaveGroupRequest

GROUPS = ("intake", "pool")
WITHIN_S = 2.0
LOADING = (14, 15, 16)  # the coordinator has yet to read its groups, or isn't chosen yet

Gone = Callable[[str], bool]


def worker_name(pid: int) -> str:
    """A worker's client id: where it runs, so that others can tell whether it still does."""
    return f"worker-{socket.gethostname()}-{pid}"


def has_ended(client_id: str) -> bool:
    """True if it names a worker of this machine whose process is gone."""
    prefix, _, pid = client_id.rpartition("-")
    if f"{prefix}-" != worker_name(0)[:-1] or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


async def say(bootstrap: str, gone: Gone, groups: Collection[str] = GROUPS) -> int:
    """Says goodbye for each member whose client id is `gone`; how many there were. Never raises: where it can't be
    said, the broker waits for the sessions."""
    said = 0
    with suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
            try:
                await client.bootstrap()
                for group in groups:
                    said += await _leave(client, group, gone)
            finally:
                await client.close()
    return said


async def members(bootstrap: str, group: str) -> int:
    """How many the group has. Raises KafkaError, TimeoutError."""
    async with asyncio.timeout(WITHIN_S):
        client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
        try:
            await client.bootstrap()
            node = await _coordinator(client, group)
            return 0 if node is None else len(await _members(client, node, group))
        finally:
            await client.close()


async def _leave(client: AIOKafkaClient, group: str, gone: Gone) -> int:
    node = await _coordinator(client, group)
    members = () if node is None else await _members(client, node, group)
    dead = [member_id for member_id, client_id in members if gone(client_id)]
    for member_id in dead:
        await client.send(node, LeaveGroupRequest(group, member_id))
    return len(dead)


async def _coordinator(client: AIOKafkaClient, group: str) -> int | None:
    """None where there is none: on a new cluster nobody has been in a group yet."""
    answer = await client.send(client.get_random_node(), FindCoordinatorRequest(group, 0))
    if answer.error_code:
        return None
    node = int(answer.coordinator_id)
    while not await client.ready(node):  # noqa: ASYNC110 - a connection of the client's
        await asyncio.sleep(0.02)
    return node


async def _members(client: AIOKafkaClient, node: int, group: str) -> tuple[tuple[str, str], ...]:
    """(member id, client id) of each."""
    while True:
        answer = await client.send(node, DescribeGroupsRequest([group]))
        described = answer.groups[0]
        if described[0] not in LOADING:
            return tuple((member[0], member[1]) for member in described[5]) if not described[0] else ()
        await asyncio.sleep(0.05)
