"""Topics on a cluster: create what topics.yaml names and the cluster lacks; name every difference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from channels.errors import Problem
from router.model.topics import Topic, copies, parse

NAME = "topics.yaml"
EXISTS = 36  # another process has created it in between
VISIBLE_S = 15.0
HERE = Path(__file__).parents[1]


class KafkaAway(Problem):
    """Kafka doesn't answer."""


class WrongTopics(Problem):
    """The cluster's topics aren't what topics.yaml says."""


@dataclass(frozen=True)
class Difference:
    """One setting of a topic that isn't as topics.yaml says; `what` is "missing" where there is no such topic."""

    topic: str
    what: str
    expected: str
    found: str | None

    def __str__(self) -> str:
        if self.found is None:
            return f"{self.topic}: {self.what}"
        return f"{self.topic}: {self.what} is {self.found}, expected {self.expected}"

    @property
    def fatal(self) -> bool:
        """True where nothing may run on it: keys and kept positions depend on the partitions."""
        return self.what == "partitions"


def load(path: Path | None = None) -> Mapping[str, Topic]:
    """topics.yaml: of the checkout, or of the installed package."""
    places = [path] if path else [HERE / NAME, HERE.parent / NAME]
    for place in places:
        if place.is_file():
            return parse(place.read_text(encoding="utf-8"))
    raise WrongTopics(f"{places[-1]} is missing.")


class Admin:
    """The cluster's topics, seen and changed. Made by `connected`."""

    def __init__(self, client: AIOKafkaAdminClient, brokers: int) -> None:
        self._client = client
        self.brokers = brokers

    async def create(self, topics: Mapping[str, Topic], replication: int | None = None) -> tuple[str, ...]:
        """Creates those that aren't there; returns their names. Raises WrongTopics where the cluster refuses one."""
        there = set(await self._client.list_topics())
        number = copies(self.brokers, replication)
        new = [
            NewTopic(name, topic.partitions, number, topic_configs=topic.settings(number))
            for name, topic in topics.items()
            if name not in there
        ]
        if not new:
            return ()
        answer = await self._client.create_topics(new)
        for name, code, message in answer.topic_errors:
            if code not in (0, EXISTS):
                raise WrongTopics(f"Kafka refuses to create {name}: {message or for_code(code).__name__}")
        names = tuple(topic.name for topic in new)
        await self._visible(names)
        return names

    async def differences(self, topics: Mapping[str, Topic], replication: int | None = None) -> list[Difference]:
        """Every difference between the cluster and `topics`; topics that aren't in the file are no concern of ours."""
        number = copies(self.brokers, replication)
        described = {found["topic"]: found for found in await self._client.describe_topics(list(topics))}
        present = [name for name in topics if not described[name]["error_code"]]
        configs = await self._configs(present)
        found: list[Difference] = []
        for name, topic in topics.items():
            if name not in configs:
                found.append(Difference(name, "missing", "there", None))
                continue
            partitions = described[name]["partitions"]
            pairs = [("partitions", str(topic.partitions), str(len(partitions)))]
            pairs.append(("replication", str(number), str(min(len(part["replicas"]) for part in partitions))))
            pairs += [(key, value, configs[name].get(key, "unset")) for key, value in topic.settings(number).items()]
            found += [Difference(name, what, wanted, is_) for what, wanted, is_ in pairs if not _same(wanted, is_)]
        return found

    async def _visible(self, names: tuple[str, ...]) -> None:
        """Returns once each has a leader everywhere: an acknowledged creation is seen by clients a moment later."""
        try:
            async with asyncio.timeout(VISIBLE_S):
                while not await self._have_leaders(names):  # noqa: ASYNC110 - another process's state: it can't notify
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise WrongTopics(f"topics created but not served after {VISIBLE_S:.0f} s: {', '.join(names)}.") from None

    async def _have_leaders(self, names: tuple[str, ...]) -> bool:
        return all(_has_leaders(found) for found in await self._client.describe_topics(list(names)))

    async def _configs(self, names: list[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        return {
            resource[3]: {entry[0]: entry[1] for entry in resource[4]}
            for answer in await self._client.describe_configs(resources)
            for resource in answer.resources
        }


@asynccontextmanager
async def connected(bootstrap: str) -> AsyncIterator[Admin]:
    """Raises KafkaAway with the address where nothing answers."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        try:
            await client.start()
            cluster = await client.describe_cluster()
        except (KafkaError, OSError, ValueError):
            raise KafkaAway(f"Kafka doesn't answer at {bootstrap}.") from None
        yield Admin(client, len(cluster["brokers"]))
    finally:
        await client.close()


def _has_leaders(described: Mapping[str, Any]) -> bool:
    return not described["error_code"] and all(part["leader"] >= 0 for part in described["partitions"])


def _same(wanted: str, found: str) -> bool:
    try:
        return float(wanted) == float(found)
    except ValueError:
        return wanted == found
