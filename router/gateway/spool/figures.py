"""The spool's metrics, counted when somebody asks for them."""

from __future__ import annotations

import time
from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from router.gateway.spool.spool import Spool


class SpoolFigures(Collector):
    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def collect(self) -> Iterable[Metric]:
        spool = self._spool
        oldest = spool.backlog.oldest
        age = 0.0 if oldest is None else max(time.time() - oldest / 1000, 0.0)
        yield GaugeMetricFamily("router_spool_depth", "Contacts that wait for the broker", value=spool.backlog.depth)
        yield GaugeMetricFamily("router_spool_bytes", "Bytes of them", value=spool.size)
        yield GaugeMetricFamily("router_spool_oldest_seconds", "How long the oldest has waited", value=age)
        yield GaugeMetricFamily("router_spool_held", "Contacts that stay: too large, or damaged", value=spool.held)
        yield GaugeMetricFamily("router_spool_broken", "Damaged databases that were set aside", value=spool.broken)
        yield GaugeMetricFamily("router_spool_works", "1 while its disk takes what comes", value=spool.works)
        yield CounterMetricFamily("router_spool_taken", "Contacts spooled", value=spool.taken)
        yield CounterMetricFamily("router_spool_drained", "Contacts drained", value=spool.drained)
        yield CounterMetricFamily("router_spool_failures", "Refusals: full, or the disk failed", value=spool.failures)
