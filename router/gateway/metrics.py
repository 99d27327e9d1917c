"""What the gateway counts, for Prometheus, in a registry of its own. Labels carry no personal data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

FAST = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """One for a gateway; made at assembly, so that tests and several gateways in a process don't share one."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.contacts = Counter(
            "router_contacts",
            "Deliveries by channel, and what became of them: accepted, kept off the queues, dead-lettered, refused",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self.requests = Histogram(
            "router_request_seconds",
            "Time to answer a request",
            ("route", "status"),
            buckets=FAST,
            registry=self.registry,
        )
        self.commands = Counter(
            "router_commands",
            "Commands of desktops by type and status of the answer",
            ("command", "status"),
            registry=self.registry,
        )
        self.hops = Histogram(
            "router_hop_seconds",
            "Time of a contact from one hop to the next, and of all of them (webhook to queue)",
            ("hop",),
            buckets=FAST,
            registry=self.registry,
        )
        self.lag = Gauge(
            "router_consumer_lag",
            "Records that a stage has yet to take",
            ("group", "topic"),
            registry=self.registry,
        )
        self.dead_letters = Gauge(
            "router_dead_letters",
            "Records on a dead-letter topic",
            ("topic",),
            registry=self.registry,
        )
        self.open_letters = Gauge(
            "router_dead_letters_open",
            "Dead letters of a stage that nobody has resubmitted or dropped",
            ("stage",),
            registry=self.registry,
        )
        self.alerts = Gauge(
            "router_alert",
            "1 while an alert stands",
            ("alert", "provider"),
            registry=self.registry,
        )
        self.undecodable = Counter(
            "router_undecodable_records",
            "Records of our own topics that this gateway couldn't read",
            ("topic",),
            registry=self.registry,
        )
        self.streams = Gauge("router_streams", "Event streams that are open", registry=self.registry)
        self.streams_opened = Counter(
            "router_streams_opened",
            "Event streams by how they began: resumed, or why with a reset",
            ("start",),
            registry=self.registry,
        )
        self.streams_cut = Counter(
            "router_streams_cut",
            "Event streams that the gateway cut off: behind, stuck, or of a topic that was made anew",
            ("why",),
            registry=self.registry,
        )
