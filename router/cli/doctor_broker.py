"""The doctor at the broker: topics, leaders, how far the stages are, whose partitions, times, dead letters, alerts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from router.cli.doctor_check import WITHIN_S, Check, Outcome, fail, ok, skipped, warn
from router.closing import closed
from router.model.alerts import AlertKind, AlertRaised
from router.model.cloudevents import attributes, version
from router.model.topics import Topic
from router.opening import opened
from router.records import record_of
from router.runtime import topics
from router.watchdog.judging import Alerts
from router.watchdog.messages import TOPIC, heard
from scoring.model import Severity

GROUPS = {"intake": "inbound.", "pool": "pool"}
AHEAD = timedelta(seconds=5)
AGAIN_S = 0.8
NAMES = ("topics", "partitions", "progress", "owners", "clocks", "last contacts", "dead letters", "alerts")
AWAY = "Look whether it runs: `router up`, or the cluster's own tools; its log is <data>/logs/kafka.log."


class Broker:
    """One admin client and one consumer, for all checks; what several need is asked for once."""

    def __init__(self, bootstrap: str, wanted: Mapping[str, Topic], admin: AIOKafkaAdminClient) -> None:
        self.bootstrap = bootstrap
        self._wanted = wanted
        self._admin = admin
        self._last: asyncio.Task[Mapping[TopicPartition, ConsumerRecord[bytes | None, bytes | None] | None]] | None = (
            None
        )

    def checks(self) -> list[Check]:
        runs = (
            self._topics,
            self._partitions,
            self._progress,
            self._owners,
            self._clocks,
            self._contacts,
            self._dead_letters,
            self._alerts,
        )
        return [Check(name, run, AWAY) for name, run in zip(NAMES, runs, strict=True)]

    async def close(self) -> None:
        if self._last is not None:
            self._last.cancel()
            await asyncio.gather(self._last, return_exceptions=True)

    async def _topics(self) -> Outcome:
        async with topics.connected(self.bootstrap) as admin:
            found = await admin.differences(self._wanted)
        if not found:
            return ok(f"all {len(self._wanted)} are as topics.yaml says, retention too")
        says = "; ".join(str(each) for each in found[:5]) + (" …" if len(found) > 5 else "")
        if any(each.fatal or each.what == "missing" for each in found):
            return fail(says, "`router topics create` makes what is missing; partition counts can't be changed.")
        return warn(says, "Set it with the cluster's own tools, as topics.yaml says.")

    async def _partitions(self) -> Outcome:
        described = await self._admin.describe_topics(list(self._wanted))
        found = [(each["topic"], part) for each in described for part in each["partitions"]]
        dumb = [f"{topic}/{part['partition']}" for topic, part in found if part["leader"] < 0]
        short = [f"{topic}/{part['partition']}" for topic, part in found if len(part["isr"]) < len(part["replicas"])]
        if dumb:
            return fail(f"no leader: {', '.join(dumb[:5])}", "A broker is down: start it; nothing is written there.")
        if short:
            return warn(f"copies lag: {', '.join(short[:5])}", "A broker is down or slow; one more and writes stop.")
        return ok(f"{len(found)} partitions have a leader and all their copies")

    async def _progress(self) -> Outcome:
        first = await self._behind()
        if any(first.values()):
            await asyncio.sleep(AGAIN_S)
        later = await self._behind() if any(first.values()) else first
        says = ", ".join(f"{group}: {count} records before it" for group, count in later.items())
        stuck = [group for group, count in later.items() if count and count >= first[group]]
        return fail(says, f"Is a worker running? {' and '.join(stuck)} doesn't get on.") if stuck else ok(says)

    async def _behind(self) -> dict[str, int]:
        found = {}
        async with self._consumer() as consumer:
            for group, prefix in GROUPS.items():
                committed = await self._admin.list_consumer_group_offsets(group)
                known = {place: each.offset for place, each in committed.items() if each.offset >= 0}
                places = [place for place in self._places() if _reads(prefix, place.topic)]
                ends = await consumer.end_offsets(places)
                found[group] = sum(max(0, ends[place] - known.get(place, 0)) for place in places)
        return found

    async def _owners(self) -> Outcome:
        members: dict[str, list[str]] = {}
        for name in GROUPS:  # one by one: aiokafka 0.14 can't decode an answer with two
            for answer in await self._admin.describe_consumer_groups([name]):
                members |= {group[1]: sorted(member[1] for member in group[5]) for group in answer.groups}
        last = await self._lasts()
        epochs = {
            place.partition: version(record_of(record).headers)[0]
            for place, record in last.items()
            if place.topic == "pool.changelog" and record is not None
        }
        told = ", ".join(f"{group}: {' '.join(found) or 'nobody'}" for group, found in sorted(members.items()))
        says = f"{told}; epochs " + " ".join(f"{number}:{epoch}" for number, epoch in sorted(epochs.items()))
        empty = [group for group in GROUPS if not members.get(group)]
        return fail(says, f"Start a worker: nobody runs {' and '.join(empty)}.") if empty else ok(says)

    async def _clocks(self) -> Outcome:
        skews = []
        for place, record in (await self._lasts()).items():
            if record is None or not place.topic.startswith("inbound."):
                continue
            found = record_of(record)
            skews.append(attributes(found.headers).time - found.timestamp)
            skews.append(found.timestamp - datetime.now(UTC))
        if not skews:
            return skipped("nothing has come by which the clocks could be compared")
        worst = max(skews)
        says = f"no time is more than {max(0.0, worst.total_seconds()):.1f} s ahead of the broker's or of ours"
        mend = "Set gateway, broker and this machine by the same source (chronyc tracking, timedatectl)."
        return ok(says) if worst < AHEAD else fail(f"{worst.total_seconds():.0f} s between two clocks", mend)

    async def _contacts(self) -> Outcome:
        newest: dict[str, datetime] = {}
        for place, record in (await self._lasts()).items():
            if record is not None and place.topic.startswith("inbound."):
                at = record_of(record).timestamp
                newest[place.topic] = max(at, newest.get(place.topic, at))
        now = datetime.now(UTC)
        told = [f"{topic.removeprefix('inbound.')} {_ago(now - at)} ago" for topic, at in sorted(newest.items())]
        return ok(", ".join(told) if told else "none has come yet, or none within a week")

    async def _dead_letters(self) -> Outcome:
        places = [place for place in self._places() if place.topic.endswith(".dlq")]
        async with self._consumer() as consumer:
            ends, firsts = await consumer.end_offsets(places), await consumer.beginning_offsets(places)
            since = int((datetime.now(UTC) - timedelta(days=1)).timestamp() * 1000)
            day = await consumer.offsets_for_times(dict.fromkeys(places, since))
        counts = {place.topic: ends[place] - firsts[place] for place in places}
        fresh = sum(ends[place] - at.offset for place, at in day.items() if at is not None)
        says = ", ".join(f"{topic}: {count}" for topic, count in counts.items()) + f"; {fresh} of a day"
        mend = "`router dlq list` says why. More than 100 of a stage's last 1,000 records stop it."
        return warn(says, mend) if fresh else ok(says)

    async def _alerts(self) -> Outcome:
        standing = Alerts()
        place = TopicPartition(TOPIC, 0)
        async with self._consumer() as consumer:
            consumer.assign([place])
            await consumer.seek_to_beginning()
            end = (await consumer.end_offsets([place]))[place]
            while await consumer.position(place) < end:
                for records in (await consumer.getmany(timeout_ms=300)).values():
                    for record in map(record_of, records):
                        standing = standing.heard((record.key or b"").decode(), heard(record))
        raised = sorted(standing.raised(), key=_gravest)
        if not raised:
            return ok("none stands")
        says = " ".join(each.says for each in raised[:3]) + (f" And {len(raised) - 3} more." if len(raised) > 3 else "")
        grave = _gravest(raised[0])[0]
        return warn(says, raised[0].mend) if grave else fail(says, raised[0].mend)

    async def _lasts(self) -> Mapping[TopicPartition, ConsumerRecord[bytes | None, bytes | None] | None]:
        if self._last is None:
            self._last = asyncio.create_task(self._read_lasts())
        return await asyncio.shield(self._last)

    async def _read_lasts(self) -> Mapping[TopicPartition, ConsumerRecord[bytes | None, bytes | None] | None]:
        """The last record of each partition of the inbound topics and of the changelog; None where there is none."""
        places = [
            place for place in self._places() if place.topic.startswith("inbound.") or place.topic == "pool.changelog"
        ]
        found: dict[TopicPartition, ConsumerRecord[bytes | None, bytes | None] | None] = dict.fromkeys(places)
        async with self._consumer() as consumer:
            consumer.assign(places)
            ends, firsts = await consumer.end_offsets(places), await consumer.beginning_offsets(places)
            filled = [place for place in places if ends[place] > firsts[place]]
            consumer.pause(*(place for place in places if place not in filled))
            for place in places:
                consumer.seek(place, max(firsts[place], ends[place] - 1))
            until = asyncio.get_running_loop().time() + WITHIN_S - 0.6
            while any(found[place] is None for place in filled) and asyncio.get_running_loop().time() < until:
                for place, records in (await consumer.getmany(timeout_ms=100)).items():
                    found[place] = records[-1]
        return found

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            client_id="router-doctor",
            group_id=None,
            enable_auto_commit=False,
            fetch_max_wait_ms=50,
        )
        try:
            await opened(consumer, None)
            yield consumer
        finally:
            await closed(consumer)

    def _places(self) -> list[TopicPartition]:
        return [TopicPartition(name, n) for name, topic in self._wanted.items() for n in range(topic.partitions)]


@asynccontextmanager
async def reached(bootstrap: str, wanted: Mapping[str, Topic]) -> AsyncIterator[tuple[Outcome, Broker | None]]:
    """Whether the broker answers, and the way to it if it does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id="router-doctor", request_timeout_ms=2000)
    broker = None
    try:
        try:
            async with asyncio.timeout(WITHIN_S):
                await opened(admin, None)
                cluster = await admin.describe_cluster()
            broker = Broker(bootstrap, wanted, admin)
            outcome = ok(f"{bootstrap} answers; brokers: {len(cluster['brokers'])}")
        except (KafkaError, OSError, TimeoutError, ValueError):
            outcome = fail(f"Kafka doesn't answer at {bootstrap}", AWAY)
        yield outcome, broker
    finally:
        if broker is not None:
            await broker.close()
        await closed(admin)


def _reads(prefix: str, topic: str) -> bool:
    return topic.startswith(prefix) if prefix.endswith(".") else topic == prefix


def _gravest(alert: AlertRaised) -> tuple[int, datetime]:
    """0 first: an emergency waits, or a contact is lost."""
    grave = alert.severity is Severity.S1 or alert.kind == AlertKind.CONTACT_LOST
    return (0 if grave else 1, alert.since)


def _ago(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
