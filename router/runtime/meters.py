"""A worker's own figures, in a registry of their own."""

from __future__ import annotations

from collections.abc import Sequence
from time import time

from prometheus_client import CollectorRegistry, Counter, Histogram

from router.model.events import DeadLetter
from router.stages.contract import Record

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Meters:
    """records, dead letters and rewritten records by stage; seconds a batch takes, and that a record waited."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.records = Counter("router_stage_records", "Records stepped", ["stage"], registry=self.registry)
        self.dead = Counter(
            "router_stage_dead_letters", "Records refused, and why", ["stage", "reason"], registry=self.registry
        )
        self.rewritten = Counter(
            "router_stage_rewritten", "Records written again over a stale worker's", ["stage"], registry=self.registry
        )
        self.seconds = Histogram(
            "router_stage_batch_seconds",
            "A batch, to its last write",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.waited = Histogram(
            "router_stage_hop_seconds",
            "From a record's append to the end of its batch",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def batch(self, stage: str, records: Sequence[Record], dead: Sequence[DeadLetter], seconds: float) -> None:
        self.records.labels(stage).inc(len(records))
        for letter in dead:
            self.dead.labels(stage, letter.reason).inc()
        self.seconds.labels(stage).observe(seconds)
        waited = self.waited.labels(stage)
        now = time()
        for record in records:
            waited.observe(max(0.0, now - record.timestamp.timestamp()))
