"""Everything that the watchdog knows: a fold over records, the broker's positions and the gateways' figures.

Each event comes with the time at which it was seen; nothing here reads a clock. It is changed in place, since a fold
over a hundred thousand incidents can't be copied for each record.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from router.model.alerts import AlertKind, AlertRaised
from router.model.events import PolicyApplied
from router.policy import load
from router.policy.load import BadPolicy
from router.policy.model import Policy
from router.stages.contract import Record
from router.watchdog.facts.agents import Agents
from router.watchdog.facts.clocks import Clocks
from router.watchdog.facts.contacts import CONTACT_SCORED, Contacts
from router.watchdog.facts.gateways import Figures, Gateway
from router.watchdog.facts.incidents import PREFIX, Incidents
from router.watchdog.facts.progress import Progress, Sample
from router.watchdog.facts.rhythm import Rhythm

POOL, DESK, POOL_DEAD, INBOUND = "pool", "desk", "pool.dlq", "inbound."
STAGES = {"intake": INBOUND, "pool": POOL}
POLICY_APPLIED = "policy.applied"


class Facts:
    """Fed by `apply`, `sampled`, `answered` and `away`; findings are made of the rest.

    dead: dead letters of the last minutes by topic. unreadable: records that couldn't be read, and were passed over.
    """

    def __init__(self) -> None:
        self.incidents = Incidents()
        self.agents = Agents()
        self.contacts = Contacts()
        self.clocks = Clocks()
        self.progress = Progress(STAGES)
        self.rhythms: defaultdict[str, Rhythm] = defaultdict(Rhythm)
        self.gateways: defaultdict[str, Gateway] = defaultdict(Gateway)
        self.policy: Policy = load.parse(load.default_text())
        self.dead: dict[str, int] = {}
        self.unreadable = 0

    def apply(self, record: Record, now: datetime) -> None:
        """One record of a queue, the desk, the pool's log or its dead letters. What can't be read is counted."""
        try:
            self._apply(record, now)
        except (ValueError, OverflowError, BadPolicy):  # pydantic's complaints are ValueErrors too
            self.unreadable += 1

    def sampled(self, sample: Sample, now: datetime) -> None:
        self.progress.sampled(sample, now)
        self.dead = dict(sample.dead)
        for topic, end in _ends(sample).items():
            self.rhythms[topic].ended(end, now)

    def answered(self, gateway: str, figures: Figures, now: datetime) -> None:
        self.gateways[gateway] = self.gateways[gateway].answered(figures, now)

    def away(self, gateway: str, now: datetime) -> None:
        self.gateways[gateway] = self.gateways[gateway].away(now)

    def told_before(self, alert: AlertRaised) -> None:
        """An alert that stood when the watchdog was started: what only it remembers."""
        if alert.kind == AlertKind.CONTACT_LOST:
            for contact_id in alert.examples:
                self.contacts.lost_before(contact_id, alert.subject, alert.since)

    def _apply(self, record: Record, now: datetime) -> None:
        match record.topic:
            case topic if topic.startswith(PREFIX):
                self.contacts.placed(self.incidents.apply(record, now))
            case topic if topic == DESK:
                self.agents.apply(record)
            case topic if topic == POOL_DEAD:
                self.contacts.placed(filter(None, (record.header("ce_subject"),)))
            case topic if topic == POOL:
                self._pool(record, now)

    def _pool(self, record: Record, now: datetime) -> None:
        kind = record.header("ce_type")
        if kind == CONTACT_SCORED:
            self.contacts.scored(record, now)
        elif kind == POLICY_APPLIED:
            self.policy = load.parse(PolicyApplied.model_validate_json(record.value or b"").text)
        self.clocks.apply(record, now)


def _ends(sample: Sample) -> dict[str, int]:
    """Of each inbound topic how many records it ever had."""
    found = defaultdict[str, int](int)
    for (topic, _), end in sample.ends.items():
        if topic.startswith(INBOUND):
            found[topic] += end
    return found
