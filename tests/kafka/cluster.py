"""Which Kafka the tests use: the variable's, a container's where a Docker engine answers, else the embedded one.

The container's way is written against testcontainers' interface and has not been run on a Docker engine yet.
"""

from __future__ import annotations

import asyncio
import gc
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from router.model.topics import Cleanup, Timestamps, Topic
from router.runtime import topics
from router.runtime.broker import Broker, answers
from router.runtime.tcp_ports import choose

IMAGE = "apache/kafka:4.4.0"


@contextmanager
def any_kafka(folder: Path) -> Iterator[str]:
    """Bootstrap servers, for as long as the context lasts."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
    elif docker_answers():
        with container() as bootstrap:
            yield bootstrap
    else:
        with embedded(folder) as bootstrap:
            yield bootstrap


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """A broker of our own on `folder`, whatever the environment offers."""
    with broker_on(folder) as broker:
        yield broker.bootstrap


@contextmanager
def broker_on(folder: Path) -> Iterator[Broker]:
    """The same, as a process that can be signalled."""
    broker = Broker(folder, port=0)
    loop = asyncio.new_event_loop()  # not a Runner: that sets and unsets the thread's loop under pytest-asyncio
    try:
        loop.run_until_complete(broker.start())
        yield broker
        loop.run_until_complete(broker.stop())
    finally:
        loop.run_until_complete(broker.kill())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def docker_answers() -> bool:
    import docker  # noqa: PLC0415 - imported with testcontainers, and only where neither variable is set
    from docker.errors import DockerException  # noqa: PLC0415

    with warnings.catch_warnings():
        # Where no engine listens, docker drops its socket unclosed.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            docker.from_env(timeout=3).close()  # asks the engine for its version
        except DockerException:
            return False
        finally:
            gc.collect()
    return True


@contextmanager
def container() -> Iterator[str]:
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - as above

    port = choose("127.0.0.1")
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }
    kafka = DockerContainer(IMAGE).with_bind_ports(port, port)
    for name, value in settings.items():
        kafka = kafka.with_env(name, value)
    with kafka:
        bootstrap = f"127.0.0.1:{port}"
        asyncio.run(asyncio.wait_for(answers(bootstrap), 60))
        yield bootstrap


async def topics_named(
    bootstrap: str, plain: Mapping[str, Mapping[str, int]], compacted: Mapping[str, Mapping[str, int]]
) -> None:
    """Creates topics of one partition under given names, each with its own settings."""
    wanted = {name: _topic(1, config, Cleanup.DELETE) for name, config in plain.items()}
    wanted |= {name: _topic(1, config, Cleanup.COMPACT) for name, config in compacted.items()}
    async with topics.connected(bootstrap) as admin:
        await admin.create(wanted, replication=1)


async def fresh_topic(
    bootstrap: str, name: str = "t", *, partitions: int = 1, config: Mapping[str, int] | None = None
) -> str:
    """Creates a topic that no other test uses, `<name>-<random>`, and returns its name. (A name isn't used twice:
    deleting and creating it again gives NotEnoughReplicas for a while.)"""
    topic = f"{name}-{uuid4().hex[:10]}"
    wanted = _topic(partitions, config or {}, Cleanup.DELETE)
    async with topics.connected(bootstrap) as admin:
        await admin.create({topic: wanted}, replication=1)
    return topic


def _topic(partitions: int, config: Mapping[str, int], cleanup: Cleanup) -> Topic:
    return Topic(
        description="a test's",
        key="any",
        writers={"test": ("any",)},
        readers=("test",),
        partitions=partitions,
        cleanup=cleanup,
        retention_days=7,
        personal=False,
        flush=False,
        timestamps=Timestamps.CREATE,
        config=dict(config),
    )
