"""What the play has sent and what has been seen of it on the queues. Pure: times are told to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from channels.contact import Medium
from router.model.events import QueueEvent
from router.play.scenario import Move
from router.play.sender import Answer
from scoring.model import Effect, Evidence, Severity, Skill


@dataclass(frozen=True)
class Placed:
    """A contact's first appearance on a queue.

    queue_ms: from the gateway's receipt to the queue's record; seen_at: when a reader had it.
    """

    contact_id: str
    incident_id: str
    channel: Medium
    severity: Severity
    incident_severity: Severity
    skill: Skill
    rules: tuple[str, ...]
    queue_ms: float
    seen_at: datetime

    @property
    def queue(self) -> str:
        return f"queue.{self.skill}"


@dataclass(frozen=True)
class Sending:
    """A move that was sent. answer is None while it is under way, and for ever where nobody answered."""

    move: Move
    contact_id: str | None
    answer: Answer | None = None
    problem: str | None = None


@dataclass
class Board:
    """Everything to show.

    before: incidents that were open when the play began. linked: the status that the CRM's word was answered with.
    """

    before: int = 0
    linked: int | None = None
    live: bool = False
    sendings: list[Sending] = field(default_factory=list)
    placed: dict[str, Placed] = field(default_factory=dict)
    older: set[str] = field(default_factory=set)
    queues: dict[Skill, dict[str, QueueEvent]] = field(default_factory=dict)
    versions: dict[tuple[Skill, str], tuple[int, int]] = field(default_factory=dict)

    def starts(self) -> None:
        """From here on what is seen is new."""
        self.before = sum(1 for _ in self.open())
        self.live = True

    def sends(self, move: Move, contact_id: str | None) -> int:
        """A move is under way; the number to say what became of it by. contact_id: as far as it can be foretold."""
        self.sendings.append(Sending(move, contact_id))
        return len(self.sendings) - 1

    def sent(self, number: int, *, answer: Answer | None = None, problem: str | None = None) -> None:
        before = self.sendings[number]
        taken = answer is not None and answer.taken
        contact_id = answer.contact_id if answer is not None and taken else before.contact_id
        self.sendings[number] = Sending(before.move, contact_id, answer, problem)

    def saw(
        self, skill: Skill, key: str, event: QueueEvent | None, version: tuple[int, int], *, at: datetime, now: datetime
    ) -> tuple[Placed, ...]:
        """One record of a queue: what it places for the first time. at: of the record; now: when it was read."""
        if version < self.versions.get((skill, key), (0, 0)):
            return ()
        self.versions[skill, key] = version
        queue = self.queues.setdefault(skill, {})
        if event is None or not event.state.open:
            queue.pop(key, None)
        else:
            queue[key] = event
        if event is None:
            return ()
        new = [ref for ref in event.contacts if ref.contact_id not in self.placed and ref.contact_id not in self.older]
        if not self.live:
            self.older.update(ref.contact_id for ref in new)
            return ()
        found = tuple(
            Placed(
                contact_id=ref.contact_id,
                incident_id=event.incident_id,
                channel=ref.channel,
                severity=ref.severity,
                incident_severity=event.severity,
                skill=event.skill,
                rules=rules(_evidence(event, ref.contact_id)),
                queue_ms=max(0.0, (at - ref.hops.received_at).total_seconds() * 1000),
                seen_at=now,
            )
            for ref in new
        )
        self.placed.update((one.contact_id, one) for one in found)
        return found

    def open(self) -> Iterable[QueueEvent]:
        for queue in self.queues.values():
            yield from queue.values()

    def counts(self) -> dict[Skill, Counter[Severity]]:
        """Open incidents by queue and severity; queues that never had any are left out."""
        return {skill: Counter(event.severity for event in queue.values()) for skill, queue in self.queues.items()}

    def incident_of(self, contact_id: str) -> QueueEvent | None:
        return next((event for event in self.open() if contact_id in event.contact_ids), None)

    def expected(self) -> tuple[str, ...]:
        """Ids of the contacts that the gateway took and a queue should show, each once, in the order sent."""
        return self._taken(automatic=False)

    def kept_out(self) -> tuple[str, ...]:
        """Ids of the machines' answers that the gateway took; no queue should show one."""
        return self._taken(automatic=True)

    def astray(self) -> tuple[str, ...]:
        """Those of them that came onto a queue all the same."""
        return tuple(one for one in self.kept_out() if one in self.placed)

    def _taken(self, *, automatic: bool) -> tuple[str, ...]:
        asked = (one for one in self.sendings if one.move.automatic is automatic)
        taken = (one.contact_id for one in asked if one.answer is not None and one.answer.taken)
        return tuple(dict.fromkeys(one for one in taken if one is not None))

    def missing(self) -> tuple[str, ...]:
        """Those of them that no queue has shown."""
        return tuple(one for one in self.expected() if one not in self.placed and one not in self.older)

    def failed(self) -> tuple[Sending, ...]:
        """What was refused, or got no answer, or no contact id in it."""
        return tuple(
            one
            for one in self.sendings
            if one.problem or (one.answer is not None and (not one.answer.taken or one.contact_id is None))
        )

    def emergency(self) -> QueueEvent | None:
        """The incident that the emergency's first contact is in, as it is now."""
        for one in self.sendings:
            if one.move.emergency and one.contact_id:
                incident = self.incident_of(one.contact_id)
                if incident is not None:
                    return incident
        return None

    def latencies(self) -> tuple[float, ...]:
        """Webhook to queue, in ms, of every contact that this play has placed, sorted."""
        ours = set(self.expected())
        return tuple(sorted(one.queue_ms for one in self.placed.values() if one.contact_id in ours))

    def reader_latencies(self) -> tuple[float, ...]:
        """First byte sent to seen by a reader of the queue, in ms, of the same contacts, sorted."""
        return tuple(sorted(ms for one in self.sendings if (ms := self.reader_ms(one)) is not None))

    def reader_ms(self, sending: Sending) -> float | None:
        placed = self.placed.get(sending.contact_id or "")
        if placed is None or sending.answer is None or sending.move.repeat or sending.move.update:
            return None
        return max(0.0, (placed.seen_at - sending.answer.at).total_seconds() * 1000)


def rules(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Rule ids, each once, in their order; a rule that lowered has a minus before it."""
    names = (("-" if one.effect is Effect.LOWERS else "") + one.rule for one in evidence)
    return tuple(dict.fromkeys(names))


def percentile(values: tuple[float, ...], share: float) -> float | None:
    """The nearest-rank percentile of sorted values; None where there are none."""
    if not values:
        return None
    return values[min(len(values) - 1, max(0, -(-int(share * 1000) * len(values) // 1000) - 1))]


def _evidence(event: QueueEvent, contact_id: str) -> tuple[Evidence, ...]:
    """What spoke for this contact: what the incident still holds of it, and what its history says."""
    held = tuple(one for one in event.evidence if one.contact_id == contact_id)
    return held or tuple(one for change in event.changes if change.contact_id == contact_id for one in change.evidence)
