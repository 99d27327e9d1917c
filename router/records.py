"""From a record as aiokafka hands it out to the record that a stage reads."""

from __future__ import annotations

from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from router.stages.contract import Record


def record_of(raw: ConsumerRecord[bytes | None, bytes | None]) -> Record:
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=tuple([(name, value or b"") for name, value in raw.headers]),
        timestamp=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
    )
