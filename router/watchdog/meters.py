"""The watchdog's own figures, in a registry of their own."""

from __future__ import annotations

from collections import Counter

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

from router.model.alerts import AlertKind
from router.watchdog.facts.known import Facts
from router.watchdog.findings import standings
from router.watchdog.judging import Alerts


class Meters:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._alerts = Gauge("router_alerts", "Alerts that stand", ["kind"], registry=self.registry)
        self._incidents = Gauge(
            "router_watchdog_incidents",
            "Open incidents by which state holds: owned, takeable, or neither of them",
            ["standing"],
            registry=self.registry,
        )
        self._judged = Gauge(
            "router_watchdog_judged_timestamp_seconds", "When it last looked at everything", registry=self.registry
        )
        self._unreadable = Gauge(
            "router_watchdog_unreadable_records", "Records that it couldn't read", registry=self.registry
        )

    def judged(self, facts: Facts, alerts: Alerts) -> None:
        kinds = Counter(alert.kind for alert in alerts.raised())
        for kind in {*AlertKind, *kinds}:
            self._alerts.labels(kind).set(kinds[kind])
        for standing, count in standings(facts).items():
            self._incidents.labels(standing).set(count)
        self._judged.set_to_current_time()
        self._unreadable.set(facts.unreadable)
