"""A contact as triage sees it: what came, by which event, and since when its person waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.contact import Direction
from router.model.events import ContactScored, Position
from router.model.incident import ContactRef, Hops
from router.stages.cause import Cause
from router.stages.clock import waiting_from
from scoring.model import Assessment, Evidence


@dataclass(frozen=True, slots=True)
class Arrival:
    """since: when the person began to wait. misdated: its own time couldn't be believed. ref: where it stands."""

    scored: ContactScored
    cause: Cause
    position: Position
    since: datetime
    misdated: bool
    ref: ContactRef

    @property
    def contact_id(self) -> str:
        return self.scored.contact_id

    @property
    def assessment(self) -> Assessment:
        return self.scored.assessment

    @property
    def ours(self) -> bool:
        """True for what we sent: it says nothing about how severe or what it is."""
        return self.scored.contact.direction is Direction.OUTBOUND

    @property
    def kept_out(self) -> bool:
        """True for what a machine answers to mail of ours (a bounce, an absence note): on no queue, never lost."""
        automatic = self.scored.contact.automatic
        return automatic is not None and automatic.kept_out

    def signed(self, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """`evidence` with whose words it is."""
        return tuple(each.model_copy(update={"contact_id": self.contact_id}) for each in evidence)


def arrival(
    scored: ContactScored, received_at: datetime, cause: Cause, position: Position, spooled: int | None = None
) -> Arrival:
    """position: of the record in the pool's log. received_at: its `ce_time`. spooled: `ce_spooled`."""
    since, misdated = waiting_from(received_at, cause.at, spooled)
    return Arrival(scored, cause, position, since, misdated, _ref(scored, cause, position))


def _ref(scored: ContactScored, cause: Cause, position: Position) -> ContactRef:
    contact, assessment = scored.contact, scored.assessment
    return ContactRef(
        contact_id=scored.contact_id,
        channel=contact.medium,
        severity=assessment.severity,
        skill=assessment.skill,
        partition=position.partition,
        offset=position.offset,
        hops=Hops(received_at=scored.received_at, inbound_at=scored.inbound.at, pool_at=position.at or cause.at),
        direction=contact.direction,
        wordless=assessment.wordless,
        call_status=None if contact.call is None else contact.call.status,
    )
