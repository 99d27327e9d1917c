"""Fixtures on a real broker. Everything under tests/kafka is marked `kafka` by lying here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kafka.cluster import any_kafka, embedded

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.kafka)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of the broker that all tests share; make topics by tests.kafka.cluster.fresh_topic.

    On the topics of topics.yaml stands only what the router itself writes: its worker reads all of it.
    """
    with any_kafka(tmp_path_factory.mktemp("kafka")) as bootstrap:
        yield bootstrap


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded broker of the module's own, where a test may write what it likes to any topic."""
    with embedded(tmp_path_factory.mktemp("own")) as bootstrap:
        yield bootstrap
