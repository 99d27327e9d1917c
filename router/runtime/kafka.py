"""The ports on aiokafka. Settings as measured in docs/decisions/0001: low latency, one outstanding truth."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError

from router.closing import closed_producer
from router.opening import opened
from router.runtime.kafka_calls import ACK_SECONDS
from router.runtime.kafka_member import HEARTBEAT_MS, SESSION_MS, KafkaMember
from router.runtime.kafka_reader import KafkaReader
from router.runtime.kafka_writer import KafkaWriter
from router.runtime.ports import LogAway, Member, Reader, Slot, Writer

BATCH_BYTES = 8 * 1024 * 1024
# How long the broker holds a fetch where there is nothing new; batched.takes_all says why that delays no record.
FETCH_WAIT_MS = 200


@dataclass(frozen=True)
class KafkaCluster:
    """Clients of one cluster. client_id names them on the broker and in its logs."""

    bootstrap: str
    client_id: str

    async def writer(self) -> Writer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            client_id=self.client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=2 * BATCH_BYTES,
        )
        try:
            await opened(producer, ACK_SECONDS)
        except (KafkaError, TimeoutError, OSError) as error:
            await closed_producer(producer)
            raise LogAway(f"the broker doesn't answer: {type(error).__name__}") from None
        except asyncio.CancelledError:
            await closed_producer(producer)
            raise
        return KafkaWriter(producer)

    def reader(self, slots: Collection[Slot], starts: Mapping[Slot, int] | None = None) -> Reader:
        return KafkaReader(self._consumer(group_id=None, auto_offset_reset="earliest"), slots, starts)

    def member(self, group: str, topics: Collection[str]) -> Member:
        consumer = self._consumer(
            group_id=group,
            auto_offset_reset="none",
            partition_assignment_strategy=[RangePartitionAssignor],
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            rebalance_timeout_ms=SESSION_MS,
        )
        return KafkaMember(consumer, topics)

    def _consumer(self, **settings: Any) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            client_id=self.client_id,
            enable_auto_commit=False,
            **{"fetch_max_wait_ms": FETCH_WAIT_MS, **settings},
        )
