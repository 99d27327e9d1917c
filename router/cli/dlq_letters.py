"""Dead letters off the topics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from channels.errors import Problem
from router.cli.reading import TopicReader, topic_reader
from router.model.dead_letters import TOPIC_END, Place
from router.model.letters import ACTIONS, Letters
from router.stages.contract import Record


class NoLetter(Problem):
    """There is no such dead letter."""


@asynccontextmanager
async def all_letters(servers: str) -> AsyncIterator[tuple[TopicReader, Letters]]:
    """Every letter as it is now, and the reader for more of it. Raises NoBroker."""
    async with topic_reader(servers) as reader:
        topics = [name for name in await reader.topics() if name.endswith(TOPIC_END) or name == ACTIONS]
        letters = Letters()
        await reader.take(topics, from_start=True)
        async for record in reader.records(until=await reader.ends()):
            if record.topic == ACTIONS:
                letters.action(record.headers, record.value)
            else:
                letters.letter(place_of(record), record.timestamp, record.headers, len(record.value or b""))
        yield reader, letters


def place_of(record: Record) -> Place:
    return Place(record.topic, record.partition, record.offset)


def all_there(letters: Letters, names: Collection[Place]) -> None:
    """Raises NoLetter with the first that isn't."""
    for name in names:
        if letters.get(name) is None:
            raise NoLetter(f"there is no dead letter {name}: it never was, or its topic has forgotten it.")


async def record_at(reader: TopicReader, name: Place) -> Record:
    """With its payload. Raises NoLetter."""
    record = await reader.at(name.topic, name.partition, name.offset)
    if record is None:
        raise NoLetter(f"there is no dead letter {name}: it never was, or its topic has forgotten it.")
    return record
