"""The watchdog's process: reads, looks once a second, and says what is wrong.

Whatever happens to the broker it goes on: what was true before stays known, and nothing is judged until it has read
everything again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog
from aiokafka import TopicPartition

from router.model.alerts import AlertRaised
from router.model.topics import Topic
from router.stages.contract import Record
from router.watchdog.broker import AT_ONCE, Watched, watched, watching
from router.watchdog.facts.known import Facts
from router.watchdog.findings import findings
from router.watchdog.judging import Alerts, Said, forgotten, judged
from router.watchdog.messages import TOPIC, gone, heard, told
from router.watchdog.meters import Meters
from router.watchdog.scrape import scraped

SAMPLE_S = 2.0
JUDGE_S = 1.0
SCRAPE_S = 5.0
LEARN_S = 3600.0
RETRY_S = 0.5

log = structlog.get_logger()


class Watchdog:
    """places: every partition that it looks at. gateways: their addresses, whose metrics it reads."""

    def __init__(self, bootstrap: str, topics: Mapping[str, Topic], gateways: Collection[str], meters: Meters) -> None:
        self._servers = bootstrap
        self._places = [
            TopicPartition(name, number)
            for name, topic in topics.items()
            if watched(name)
            for number in range(topic.partitions)
        ]
        self._gateways = gateways
        self._meters = meters
        self._positions: dict[TopicPartition, int] = {}
        self._facts = Facts()
        self._alerts = Alerts()
        self._caught_up = False
        self._sampled_at = -SAMPLE_S
        self._judged_at = -JUDGE_S

    async def serve(self, ready: Callable[[], None], stop: asyncio.Event) -> None:
        """Until `stop`. ready: called once everything has been read."""
        tasks = [asyncio.create_task(self._watch(ready), name="watch")]
        tasks += [asyncio.create_task(self._scrape(gateway), name="scrape") for gateway in self._gateways]
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait((stopping, *tasks), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (stopping, *tasks):
                task.cancel()
            await asyncio.gather(stopping, *tasks, return_exceptions=True)

    async def _watch(self, ready: Callable[[], None]) -> None:
        said, was_ready = "", False
        while True:
            try:
                async with watching(self._servers, self._places) as topics:
                    await topics.begin(self._positions)
                    said = ""
                    self._caught_up = False
                    async with beside(self._learn(topics)):
                        while True:
                            await self._round(topics)
                            if self._caught_up and not was_ready:
                                was_ready = True
                                open_now, standing = len(self._facts.incidents), len(self._alerts.raised())
                                log.info("watchdog.ready", incidents=open_now, alerts=standing)
                                ready()
            except Exception as error:  # whatever it is: without the broker nothing is seen, so it is tried again
                if (why := type(error).__name__) != said:
                    log.warning("watchdog.waiting", why=why)
                    said = why
            await asyncio.sleep(RETRY_S)

    async def _round(self, topics: Watched) -> None:
        records = await topics.fetch(self._positions)
        now = datetime.now(UTC)
        for record in records:
            self._take(record, now)
        if monotonic() - self._sampled_at >= SAMPLE_S:
            self._sampled_at = monotonic()
            self._facts.sampled(await topics.sample(), datetime.now(UTC))
        if not self._caught_up:
            self._caught_up = await topics.caught_up()
            if not self._caught_up:
                return
            for alert in self._alerts.raised():
                self._facts.told_before(alert)
        due = monotonic() - self._judged_at >= JUDGE_S
        if due and len(records) < AT_ONCE:  # else there is more to know first
            self._judged_at = monotonic()
            await self._judge(topics)

    async def _judge(self, topics: Watched) -> None:
        now = datetime.now(UTC)
        after, said = judged(self._alerts, findings(self._facts, now), now)
        old = forgotten(self._alerts, now)
        if said or old:
            await topics.send([*map(told, said), *map(gone, old)])
        self._alerts = after
        for over in old:
            self._alerts = self._alerts.heard(over.alert_id, None)
        for each in said:
            _log(each)
        self._meters.judged(self._facts, self._alerts)

    def _take(self, record: Record, now: datetime) -> None:
        if record.topic != TOPIC:
            self._facts.apply(record, now)
            return
        try:
            said = heard(record)
        except ValueError:
            log.warning("alerts.unreadable", offset=record.offset)
        else:
            self._alerts = self._alerts.heard((record.key or b"").decode("utf-8", "replace"), said)

    async def _learn(self, topics: Watched) -> None:
        """What usually comes, once an hour."""
        while True:
            now = datetime.now(UTC)
            async for topic, counts in topics.hourly(now):
                self._facts.rhythms[topic].learnt(counts, now)
            await asyncio.sleep(LEARN_S)

    async def _scrape(self, gateway: str) -> None:
        while True:
            figures = await scraped(gateway)
            now = datetime.now(UTC)
            if figures is None:
                self._facts.away(gateway, now)
            else:
                self._facts.answered(gateway, figures, now)
            await asyncio.sleep(SCRAPE_S)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs it as long as the context lasts. What it fails with is logged: it isn't needed for the rest."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        for outcome in await asyncio.gather(task, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.debug("watchdog.unlearnt", why=type(outcome).__name__)


def _log(said: Said) -> None:
    facts = {"alert": said.alert_id, "kind": said.kind, "subject": said.subject, "since": said.since.isoformat()}
    if isinstance(said, AlertRaised):
        severity = said.severity.value if said.severity else "-"
        log.error("alert.raised", **facts, count=said.count, severity=severity, incident=said.incident_id or "-")
    else:
        log.info("alert.cleared", **facts)
