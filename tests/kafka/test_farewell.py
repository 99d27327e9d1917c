"""A dead worker's partitions go to the next one at once when somebody says goodbye for it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from router.runtime import farewell
from tests.kafka.cluster import fresh_topic
from tests.until import PATIENCE_S

# Joins a group with a session that is far from its end when PATIENCE_S is over, says so, and waits to be killed.
JOINS = """
import asyncio, sys
from aiokafka import AIOKafkaConsumer
from router.runtime.farewell import worker_name
import os
async def main():
    consumer = AIOKafkaConsumer(sys.argv[2], bootstrap_servers=sys.argv[1], group_id=sys.argv[3],
                                client_id=worker_name(os.getpid()), session_timeout_ms=300000)
    await consumer.start()
    print(len(consumer.assignment()), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_the_next_worker_gets_a_killed_ones_partitions_without_waiting_for_its_session(kafka: str) -> None:
    topic, group = await fresh_topic(kafka, partitions=2), f"g-{uuid4().hex[:8]}"
    dead = await asyncio.create_subprocess_exec(
        sys.executable, "-c", JOINS, kafka, topic, group, stdout=asyncio.subprocess.PIPE
    )
    assert dead.stdout is not None
    assert await dead.stdout.readline() == b"2\n"
    assert await farewell.say(kafka, farewell.has_ended, (group,)) == 0

    dead.kill()
    await dead.wait()
    async with asyncio.timeout(PATIENCE_S):
        assert await farewell.members(kafka, group) == 1
        while await farewell.members(kafka, group):  # on a busy machine it may not be said within its own limit
            await farewell.say(kafka, farewell.has_ended, (group,))
        async with AIOKafkaConsumer(topic, bootstrap_servers=kafka, group_id=group) as next_one:
            assert len(next_one.assignment()) == 2


async def test_where_no_broker_answers_or_nobody_was_in_the_group_nothing_happens(kafka: str) -> None:
    assert await farewell.say(kafka, farewell.has_ended, (f"g-{uuid4().hex[:8]}",)) == 0
    assert await farewell.say("127.0.0.1:9", farewell.has_ended) == 0


def test_only_a_worker_of_this_machine_whose_process_is_gone_has_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert farewell.has_ended(farewell.worker_name(child.pid))
    assert not farewell.has_ended(farewell.worker_name(os.getpid()))
    assert not farewell.has_ended(f"worker-elsewhere-{child.pid}")
    assert not farewell.has_ended("somebody")
