"""Contacts that stand in the pool's log and should have an incident: those that no queue's record has named yet.

What we sent ourselves, what a machine answers, and the parts of a call that wait for their contact need none. A contact
that the pool dead-lettered is told as a dead letter.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from channels.contact import Automatic, Direction, Frozen
from router.stages.contract import Record

CONTACT_SCORED = "contact.scored"
PLACED_AT_MOST = 200_000
AWAITED_AT_MOST = 20_000


class _Contact(Frozen):
    direction: Direction = Direction.INBOUND
    automatic: Automatic | None = None
    part: str | None = None


class ScoredRecord(Frozen):
    """Of `contact.scored` what the watchdog looks at."""

    contact_id: str
    pool: str
    contact: _Contact


class Awaited(NamedTuple):
    """A contact without an incident: where it stands in the pool's log, and when it was read there."""

    pool: str
    partition: int
    offset: int
    appended_at: datetime
    read_at: datetime


class Contacts:
    def __init__(self) -> None:
        self._awaited: OrderedDict[str, Awaited] = OrderedDict()
        self._placed: dict[int, None] = {}  # hashes, the newest last: less memory than ids

    def scored(self, record: Record, now: datetime) -> None:
        """Raises ValueError for what can't be read."""
        told = ScoredRecord.model_validate_json(record.value or b"")
        if not _needs_an_incident(told.contact) or hash(told.contact_id) in self._placed:
            return
        awaited = Awaited(told.pool, record.partition, record.offset, record.timestamp, now)
        self._awaited.setdefault(told.contact_id, awaited)
        while len(self._awaited) > AWAITED_AT_MOST:
            self._awaited.popitem(last=False)

    def placed(self, contact_ids: Iterable[str]) -> None:
        """A queue's record, or a dead letter, has named them."""
        for contact_id in contact_ids:
            self._awaited.pop(contact_id, None)
            number = hash(contact_id)
            self._placed.pop(number, None)
            self._placed[number] = None
        if len(self._placed) > PLACED_AT_MOST:
            for number in [*islice(self._placed, PLACED_AT_MOST // 4)]:  # at once: a dict's front is slow to find
                del self._placed[number]

    def lost_before(self, contact_id: str, pool: str, since: datetime) -> None:
        """An alert from before a restart says that it has no incident; unless one has been read since, that stands."""
        if hash(contact_id) not in self._placed:
            self._awaited.setdefault(contact_id, Awaited(pool, 0, -1, since, since))

    def awaited(self) -> Iterator[tuple[str, Awaited]]:
        yield from self._awaited.items()


def _needs_an_incident(contact: _Contact) -> bool:
    kept_out = contact.automatic is not None and contact.automatic.kept_out
    return contact.direction is not Direction.OUTBOUND and not kept_out and contact.part is None
