"""Intake: how severe is it, which skill, and which pool's log does it go to? No state, so it scales by workers.

The event on the pool's log has the delivery's id with the provider before it: alone it is only unique per provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from channels.contact import Address, Contact, Direction, Medium
from router.model.catalogue import INBOUND
from router.model.cloudevents import Attributes
from router.model.events import ContactReceived, ContactScored, Position
from router.stages.contract import Entries, Entry, Outcome, Record, Step, Undecodable
from router.stages.decode import decode
from router.stages.retried import where_it_stood
from scoring.assess import assess as assess_by_rubric
from scoring.model import Assessment

PoolFor = Callable[[tuple[Address, ...]], str]
Assess = Callable[[Contact], Assessment]

SOURCE = "/channels/"

HURRY = 1
"""Records that wait at once: beyond them none is judged by what takes longer."""

RETRY = "intake.retry"


@dataclass(frozen=True)
class Intake:
    """The stage `intake`. pool_for: the pool that our addresses belong to. partitions: of each pool's log.

    careful: takes longer and judges better; for as long as nobody waits for it. The assessment's version tells which.
    """

    pool_for: PoolFor
    partitions: Mapping[str, int]
    assess: Assess = assess_by_rubric
    name: str = "intake"
    sources: tuple[str, ...] = (*(f"inbound.{medium}" for medium in Medium), RETRY)
    kinds: Mapping[str, type[Entry]] = field(default_factory=lambda: MappingProxyType({}))
    told: tuple[str, ...] = ()
    careful: Assess | None = None

    def paced(self, waiting: int) -> Intake:
        """Without the careful judgement in a flood: hundreds of contacts come before the last shade of one."""
        return replace(self, careful=None) if waiting > HURRY and self.careful else self

    def step(self, entries: Entries, record: Record) -> Step:
        """Raises Undecodable for a record that is no contact."""
        if record.topic == RETRY:
            record = where_it_stood(record)
        event = decode(record, INBOUND)
        if not isinstance(event.value, ContactReceived):
            raise TypeError(f"no event of intake: {type(event.value).__name__}")
        return Step(entries, (self._scored(record, event.attributes, event.value),))

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        """Nothing: what intake writes is a log."""
        return iter(())

    def retold(self, entries: Mapping[str, Entry]) -> Iterator[Outcome]:
        """Nothing: without state, all is told before the place is kept."""
        return iter(())

    def _scored(self, record: Record, attributes: Attributes, received: ContactReceived) -> Outcome:
        pool = self.pool_for(ours(received.contact))
        return Outcome(
            topic="pool",
            key=pool,
            type="contact.scored",
            id=delivery(attributes),
            subject=received.contact_id,
            time=attributes.time,
            value=ContactScored(
                contact_id=received.contact_id,
                pool=pool,
                address_key=received.address_key,
                contact=received.contact,
                raw=received.raw,
                assessment=(self.careful or self.assess)(received.contact),
                received_at=received.received_at,
                inbound=Position(
                    topic=record.topic, partition=record.partition, offset=record.offset, at=record.timestamp
                ),
            ),
            partition=self.partitions[pool],
            traceparent=attributes.traceparent,
            spooled=attributes.spooled,
        )


def ours(contact: Contact) -> tuple[Address, ...]:
    """Where our own addresses are in a contact: whom it was sent to, or, where we sent it, either side."""
    if contact.direction is Direction.INBOUND or contact.sender is None:
        return contact.recipients
    return (contact.sender, *contact.recipients)


def delivery(attributes: Attributes) -> str:
    """An id that is unique among all providers: "twilio:SM…". Raises Undecodable where the source is no channel."""
    provider = attributes.source.removeprefix(SOURCE)
    if not attributes.source.startswith(SOURCE) or not provider:
        raise Undecodable("malformed", "ce_source", f"{SOURCE}<provider>", "another source")
    return f"{provider}:{attributes.id}"
