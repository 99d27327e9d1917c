"""The port Member on a consumer of a group. What comes while a batch is worked on comes as one next batch."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from router.batched import Batched
from router.closing import closed
from router.records import record_of
from router.runtime.kafka_calls import ACK_SECONDS, answered, started
from router.runtime.ports import LogAway, LogBroken, OnAssigned, OnRevoked, Slot
from router.stages.contract import Record

COMMIT_SECONDS = 1.0
REST_SECONDS = 0.01
SESSION_MS = 6000
# A member hears with its next heartbeat that another one has left: partitions stand still until the last has heard.
HEARTBEAT_MS = 400


class KafkaMember:
    def __init__(self, consumer: AIOKafkaConsumer, topics: Collection[str]) -> None:
        self._consumer = consumer
        self._topics = list(topics)
        self._batched = Batched(consumer, REST_SECONDS)

    async def start(self, on_assigned: OnAssigned, on_revoked: OnRevoked) -> None:
        self._consumer.subscribe(self._topics, listener=_Listener(on_assigned, on_revoked))
        # A join waits for the session of a member that died.
        await started(self._consumer, ACK_SECONDS + 2 * SESSION_MS / 1000)

    async def fetch(self, slots: Collection[Slot], max_records: int, wait: float) -> Mapping[Slot, Sequence[Record]]:
        """Raises LogBroken where a position isn't on the log any more."""
        partitions = [TopicPartition(*slot) for slot in slots]
        try:
            fetched = await self._batched.getmany(*partitions, wait=wait, most=max_records)
        except NoOffsetForPartitionError:
            # Left over from before the slot was given its position.
            return {}
        except OffsetOutOfRangeError as error:
            raise LogBroken(f"a position is no longer on the log: {error}") from None
        except KafkaError as error:
            raise LogAway(f"the broker doesn't hand out records: {type(error).__name__}") from None
        return {Slot(*partition): [record_of(raw) for raw in batch] for partition, batch in fetched.items()}

    def seek(self, slot: Slot, offset: int) -> None:
        self._consumer.seek(TopicPartition(*slot), offset)

    async def committed(self, slot: Slot) -> int | None:
        found: int | None = await answered(self._consumer.committed(TopicPartition(*slot)))
        return found

    async def commit(self, offsets: Mapping[Slot, int]) -> bool:
        """For lag, and where a stage without state goes on: what fails is committed next time."""
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._consumer.commit({TopicPartition(*slot): offset for slot, offset in offsets.items()})
                return True
        return False

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        partition = TopicPartition(*slot)
        first = await answered(self._consumer.beginning_offsets([partition]))
        end = await answered(self._consumer.end_offsets([partition]))
        return first[partition], end[partition]

    async def close(self) -> None:
        await closed(self._consumer)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    def __init__(self, assigned: OnAssigned, revoked: OnRevoked) -> None:
        self._assigned = assigned
        self._revoked = revoked

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._revoked()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self._assigned(frozenset(Slot(*partition) for partition in assigned))
