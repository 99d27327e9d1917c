"""Single records of the pool's log, read in any order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from router.gateway.log import Unavailable
from router.gateway.positions import KafkaPositions
from router.model import cloudevents
from router.model.cloudevents import Attributes
from router.model.events import ContactScored
from tests.kafka.cluster import fresh_topic
from tests.kafka.gateways import producing, write
from tests.router.stages.situations import came
from tests.until import PATIENCE_S


async def contact(positions: KafkaPositions, partition: int, offset: int) -> ContactScored | None:
    """Asked again where it couldn't be told within its own limit, as a desk would."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(Unavailable):
                return await positions.contact(partition, offset)


async def test_any_record_is_found_where_it_stands_and_nothing_where_it_expired(kafka: str) -> None:
    topic = await fresh_topic(kafka, "positions", partitions=3)
    written: dict[tuple[int, int], str] = {}
    async with producing(kafka) as producer:
        for number in range(60):
            scored = came(f"c{number}", "ann").value
            assert isinstance(scored, ContactScored)
            words = scored.contact.model_copy(update={"text": "x" * Random(number).randrange(60_000)})
            scored = scored.model_copy(update={"contact": words})
            attributes = Attributes(id="1", type="t", source="/test", subject="s", time=datetime.now(UTC))
            place = await write(producer, cloudevents.message(topic, "k", scored, attributes, partition=number % 3))
            written[place] = scored.contact_id
        other = await producer.send_and_wait(topic, b"no contact", b"k", 0)
    positions = KafkaPositions(kafka, topic)
    try:
        order = list(written)
        Random(1).shuffle(order)
        found = await asyncio.gather(*(contact(positions, *place) for place in order))
        assert [one.contact_id if one else None for one in found] == [written[place] for place in order]
        assert await contact(positions, 0, other.offset) is None
        assert await contact(positions, 0, 10_000) is None
        assert await contact(positions, 7, 0) is None
    finally:
        await positions.stop()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 1): RecordsToDelete(before_offset=10)})
    await admin.close()
    positions = KafkaPositions(kafka, topic)
    try:
        assert await contact(positions, 1, 9) is None
        kept = await contact(positions, 1, 10)
        assert kept is not None
        assert kept.contact_id == written[1, 10]
    finally:
        await positions.stop()


async def test_a_broker_that_is_away_is_told_as_such() -> None:
    positions = KafkaPositions("127.0.0.1:1")
    with pytest.raises(Unavailable):
        await positions.contact(0, 0)
    await positions.stop()
