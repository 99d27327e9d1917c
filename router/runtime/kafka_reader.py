"""The port Reader on a consumer without a group."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from router.batched import Batched
from router.closing import closed
from router.records import record_of
from router.runtime.kafka_calls import answered, started
from router.runtime.ports import LogAway, Slot
from router.stages.contract import Record

# Who reads along answers nobody: a few fetches a second instead of one for every record.
REST_SECONDS = 0.1


class KafkaReader:
    def __init__(
        self, consumer: AIOKafkaConsumer, slots: Collection[Slot], starts: Mapping[Slot, int] | None = None
    ) -> None:
        self._consumer = consumer
        self._batched = Batched(consumer, REST_SECONDS)
        self._starts = starts or {}
        self._partitions = [TopicPartition(*slot) for slot in slots]

    async def start(self) -> None:
        await started(self._consumer)
        self._consumer.assign(self._partitions)
        await self._consumer.seek_to_beginning(*self._partitions)
        for slot, offset in self._starts.items():
            self._consumer.seek(TopicPartition(*slot), offset)

    async def ends(self) -> Mapping[Slot, int]:
        ends = await answered(self._consumer.end_offsets(self._partitions))
        return {Slot(*partition): end for partition, end in ends.items()}

    async def position(self, slot: Slot) -> int:
        return int(await answered(self._consumer.position(TopicPartition(*slot))))

    async def fetch(self, wait: float) -> Sequence[Record]:
        try:
            fetched = await self._batched.getmany(wait=wait)
        except KafkaError as error:
            raise LogAway(f"the broker doesn't hand out records: {type(error).__name__}") from None
        return [record_of(raw) for batch in fetched.values() for raw in batch]

    async def close(self) -> None:
        await closed(self._consumer)
