"""What waits where: a fold over every queue topic, read from its start.

Each topic and key is followed by itself: the higher (epoch, revision) holds, tombstones carry one too. A move
writes to the new queue first, then `moved` and a tombstone to the old one; the topics may be read in any order,
so the old topic's tombstone takes nothing from the new one.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from router.gateway.packed import pack, unpack
from router.model.cloudevents import version
from router.model.events import QueueEvent
from router.model.incident import ContactRef, IncidentState
from router.stages.contract import Record
from scoring.model import Severity, Skill

PREFIX = "queue."
TOPICS = tuple(PREFIX + skill for skill in Skill)
TOMBSTONES = 50_000

Version = tuple[int, int]


class Held:
    """The last event of an incident on one queue: what is compared, and all of it packed, read anew whenever asked for.

    Read, an event takes several times its bytes, and most are never looked at. waiting_since: Unix seconds.
    """

    __slots__ = ("_epoch", "_order", "moved_to", "packed", "revision", "severity", "state", "waiting_since")

    def __init__(self, version: Version, event: QueueEvent, packed: bytes) -> None:
        self._epoch, self._order = version
        self.state = event.state
        self.severity = event.severity
        self.waiting_since = event.waiting_since.timestamp()
        self.revision = event.revision
        self.moved_to = event.moved_to
        self.packed = packed

    @property
    def version(self) -> Version:
        return self._epoch, self._order

    @property
    def event(self) -> QueueEvent:
        return QueueEvent.model_validate_json(unpack(self.packed))


@dataclass(frozen=True)
class Removed:
    """A tombstone that took an incident from a queue."""

    incident_id: str


@dataclass(frozen=True)
class Depth:
    """How much of one severity and state is on one queue."""

    skill: Skill
    severity: Severity
    state: IncidentState
    count: int


class QueueView:
    """Fed with each record by `apply`; the rest reads."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, Held]] = {topic: {} for topic in TOPICS}
        # Those stay on their topics for months.
        self._closed: dict[str, dict[str, Held]] = {topic: {} for topic in TOPICS}
        self._gone: OrderedDict[tuple[str, str], Version] = OrderedDict()
        self._moving: dict[str, Held] = {}
        self._contacts: dict[str, str] = {}
        self._waiters: dict[str, list[tuple[int, asyncio.Future[None]]]] = defaultdict(list)

    def apply(self, record: Record) -> QueueEvent | Removed | None:
        """Folds one record in. What happened, where it is news. Raises ValueError where it can't be read."""
        if record.topic not in self._open or record.key is None:
            return None
        key, at = record.key.decode("utf-8", "replace"), version(record.headers)
        known = self._version(record.topic, key)
        if known is not None and at < known:
            return None
        if record.value is None:
            return Removed(key) if self._remove(record.topic, key, at) else None
        event = QueueEvent.model_validate_json(record.value)
        held, packed = self._get(record.topic, key), pack(record.value)
        # A worker that takes over writes again what its predecessor may have written, under its own epoch.
        repeated = at == known or (held is not None and held.packed == packed)
        self._hold(record.topic, key, Held(at, event, packed), event.contacts)
        return None if repeated else event

    def incident(self, incident_id: str) -> QueueEvent | None:
        """The incident as it is now, on whichever queue it stands; None where no queue knows it."""
        found = self._found(incident_id)
        if incident_id in self._moving:
            found.append(self._moving[incident_id])
        if not found:
            return None
        # The queue that it left and the one that it came to have the same revision.
        return max(found, key=lambda one: (one.version, one.state is not IncidentState.MOVED)).event

    def contact(self, contact_id: str) -> tuple[QueueEvent, ContactRef] | None:
        """The incident that has the contact, and where its record stands."""
        incident = self.incident(self._contacts.get(contact_id, ""))
        refs = () if incident is None else incident.contacts
        found = next((ref for ref in refs if ref.contact_id == contact_id), None)
        return (incident, found) if incident and found else None

    def queue(self, skill: Skill) -> list[QueueEvent]:
        """Open incidents of a queue: the most severe first, then who has waited longest."""
        return [held.event for held in self._ordered(skill)]

    def packed(self, skill: Skill) -> list[bytes]:
        """The same incidents in the same order, each packed as it stands on the topic."""
        return [held.packed for held in self._ordered(skill)]

    def last(self, topic: str, incident_id: str) -> bytes | None:
        """The last event of an incident on a queue's topic, packed; None where the queue doesn't know it."""
        held = self._get(topic, incident_id)
        return None if held is None else held.packed

    def depths(self) -> Iterator[Depth]:
        for skill in Skill:
            counts = Counter((held.severity, held.state) for held in self._open[PREFIX + skill].values())
            for severity in Severity:
                for state in (IncidentState.WAITING, IncidentState.OWNED):
                    yield Depth(skill, severity, state, counts[severity, state])

    def settle(self) -> None:
        """Called once everything that stood on the topics has been read: nothing is on its way any more."""
        self._moving.clear()

    async def reached(self, incident_id: str, revision: int, timeout_s: float) -> bool:
        """True once the view has the incident at `revision` or later; False where that takes too long."""
        incident = self.incident(incident_id)
        if incident is not None and incident.revision >= revision:
            return True
        waiter = asyncio.get_running_loop().create_future()
        entry = (revision, waiter)
        self._waiters[incident_id].append(entry)
        try:
            async with asyncio.timeout(timeout_s):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiters[incident_id].remove(entry)
            if not self._waiters[incident_id]:
                del self._waiters[incident_id]
        return True

    def _ordered(self, skill: Skill) -> list[Held]:
        return [held for _, held in sorted(self._open[PREFIX + skill].items(), key=_urgency)]

    def _get(self, topic: str, key: str) -> Held | None:
        return self._open[topic].get(key) or self._closed[topic].get(key)

    def _found(self, key: str) -> list[Held]:
        """On every queue that knows it."""
        return [held for topic in TOPICS if (held := self._get(topic, key)) is not None]

    def _version(self, topic: str, key: str) -> Version | None:
        held = self._get(topic, key)
        return held.version if held else self._gone.get((topic, key))

    def _hold(self, topic: str, key: str, held: Held, contacts: tuple[ContactRef, ...]) -> None:
        here, other = (self._open, self._closed) if held.state.open else (self._closed, self._open)
        here[topic][key] = held
        other[topic].pop(key, None)
        self._gone.pop((topic, key), None)
        moving = self._moving.get(key)
        if moving is not None and held.state is not IncidentState.MOVED and held.version >= moving.version:
            del self._moving[key]
        for ref in contacts:
            self._contacts[ref.contact_id] = key
        for revision, waiter in self._waiters.get(key, ()):
            if held.revision >= revision and not waiter.done():
                waiter.set_result(None)

    def _remove(self, topic: str, key: str, at: Version) -> bool:
        """False where the queue didn't have it."""
        held = self._open[topic].pop(key, None) or self._closed[topic].pop(key, None)
        self._gone[topic, key] = at
        self._gone.move_to_end((topic, key))
        while len(self._gone) > TOMBSTONES:
            self._gone.popitem(last=False)
        if held is None:
            return False
        moving = self._moving.get(key)
        if self._is_on_its_way(key, held) and (moving is None or moving.version < held.version):
            self._moving[key] = held
        if key not in self._moving and not self._found(key):
            for ref in held.event.contacts:
                self._contacts.pop(ref.contact_id, None)
        return True

    def _is_on_its_way(self, key: str, held: Held) -> bool:
        """True where its new queue has it, but this reader hasn't read that yet."""
        if held.moved_to is None:
            return False
        there = self._version(PREFIX + held.moved_to, key)
        return there is None or there < held.version


def _urgency(incident: tuple[str, Held]) -> tuple[str, float, str]:
    incident_id, held = incident
    return held.severity.value, held.waiting_since, incident_id
