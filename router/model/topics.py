"""topics.yaml: every topic, and what a cluster's topic should look like by it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import yaml
from pydantic import ConfigDict, Field, ValidationError

from channels.contact import Frozen
from channels.errors import Problem

DAY_MS = 24 * 60 * 60 * 1000
SAFE_COPIES = 3


class BadTopics(Problem):
    """topics.yaml can't be used."""


class Cleanup(StrEnum):
    DELETE = "delete"
    COMPACT = "compact"


class Timestamps(StrEnum):
    CREATE = "create"
    APPEND = "append"


class Topic(Frozen):
    """One topic; topics.yaml's head says what each field means. Unknown fields are refused: they are typing errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str = Field(min_length=1)
    key: str = Field(min_length=1)
    writers: dict[str, tuple[str, ...]] = Field(min_length=1)
    readers: tuple[str, ...] = Field(min_length=1)
    partitions: int = Field(ge=1, le=64)
    cleanup: Cleanup
    retention_days: int = Field(ge=1, le=3660)
    personal: bool
    flush: bool
    timestamps: Timestamps
    config: dict[str, int | float]

    @property
    def types(self) -> tuple[str, ...]:
        """Every event type on it."""
        return tuple(kind for kinds in self.writers.values() for kind in kinds)

    def settings(self, copies: int) -> dict[str, str]:
        """The broker's settings of the topic where it has `copies` replicas.

        With one copy an acknowledgement is only the page cache, so what must not be lost is flushed; with three,
        two must have it.
        """
        found = {
            "cleanup.policy": self.cleanup.value,
            "message.timestamp.type": "LogAppendTime" if self.timestamps is Timestamps.APPEND else "CreateTime",
            **{name: str(value) for name, value in self.config.items()},
        }
        if self.cleanup is Cleanup.DELETE:
            found["retention.ms"] = str(self.retention_days * DAY_MS)
        if copies >= SAFE_COPIES:
            found["min.insync.replicas"] = "2"
        elif self.flush:
            found["flush.messages"] = "1"
        return dict(sorted(found.items()))


class Topics(Frozen):
    """topics.yaml. What stands beside `topics` there are its parts, named once and used several times."""

    topics: dict[str, Topic] = Field(min_length=1)


def parse(text: str) -> Mapping[str, Topic]:
    """Topics by name, in the file's order. Raises BadTopics with the field that is wrong."""
    try:
        return Topics.model_validate(yaml.safe_load(text)).topics
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadTopics(f"topics.yaml: {where}: {first['msg']}") from None
    except yaml.YAMLError as error:
        raise BadTopics(f"topics.yaml: {error}") from None


def copies(brokers: int, asked: int | None = None) -> int:
    """How many replicas a topic gets: as asked, else three where there are that many brokers, else one."""
    return asked or (SAFE_COPIES if brokers >= SAFE_COPIES else 1)
