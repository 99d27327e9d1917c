"""How deep the queues are, counted when somebody asks for the metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from router.gateway.queues import QueueView


class QueueDepths(Collector):
    def __init__(self, view: QueueView) -> None:
        self._view = view

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "router_queue_depth", "Open incidents by queue, severity and state", labels=("skill", "severity", "state")
        )
        for depth in self._view.depths():
            family.add_metric((depth.skill, depth.severity, depth.state), depth.count)
        yield family
