"""The open incidents, as the queues' topics tell them: who waits where for what, and who owns what.

Of each topic and key the higher (epoch, revision) holds. What is closed is kept by its version only, and not for ever.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pydantic import AwareDatetime

from channels.contact import Frozen
from router.model.cloudevents import version
from router.model.incident import IncidentState
from router.stages.contract import Record
from scoring.model import Severity

PREFIX = "queue."
CLOSED_AT_MOST = 50_000

Version = tuple[int, int]


class QueueRecord(Frozen):
    """Of a queue's event what the watchdog looks at."""

    pool: str
    state: IncidentState
    severity: Severity
    languages: tuple[str, ...] = ()
    owner: str | None = None
    owned_since: AwareDatetime | None = None
    waiting_since: AwareDatetime
    contact_ids: tuple[str, ...] = ()


class Group(NamedTuple):
    """Waiting incidents that the same agents may take."""

    topic: str
    severity: Severity
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """An open incident on one queue. owner: None while it waits."""

    version: Version
    group: Group
    owner: str | None
    since: datetime


class Incidents:
    """Fed with the records of the queues' topics by `apply`; the rest reads.

    waiting: by group, ids in the order in which they came. owned: by owner.
    """

    def __init__(self) -> None:
        self.waiting: dict[Group, dict[str, None]] = {}
        self.owned: dict[str, set[str]] = {}
        self._open: dict[str, dict[str, Open]] = defaultdict(dict)
        self._closed: OrderedDict[tuple[str, str], Version] = OrderedDict()
        self._double: dict[str, datetime] = {}
        self._groups: dict[Group, Group] = {}

    @property
    def double(self) -> Mapping[str, datetime]:
        """Incidents that are open on two queues, and when that was first seen."""
        return self._double

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._open.values())

    def apply(self, record: Record, now: datetime) -> tuple[str, ...]:
        """The contacts that the incident holds. Raises ValueError for what can't be read."""
        key, at = (record.key or b"").decode("utf-8", "replace"), version(record.headers)
        known = self._version(record.topic, key)
        if known is not None and at < known:
            return ()
        told = None if record.value is None else QueueRecord.model_validate_json(record.value)
        self._take_out(record.topic, key)
        if told is None or not told.state.open:
            self._close(record.topic, key, at)
        else:
            group = self._shared(Group(record.topic, told.severity, told.languages))
            owner = told.owner if told.state is IncidentState.OWNED else None
            since = told.waiting_since if owner is None else told.owned_since or told.waiting_since
            self._put_in(record.topic, key, Open(at, group, owner, since))
        self._count_places(key, now)
        return () if told is None else told.contact_ids

    def places(self, incident_id: str) -> tuple[str, ...]:
        """The queues that it is open on."""
        return tuple(topic for topic, queue in self._open.items() if incident_id in queue)

    def found(self, topic: str, incident_id: str) -> Open:
        """Raises KeyError."""
        return self._open[topic][incident_id]

    def held_by(self, owner: str) -> Iterator[tuple[str, Open]]:
        """What an agent owns."""
        for incident_id in self.owned.get(owner, ()):
            for topic in self.places(incident_id):
                found = self._open[topic][incident_id]
                if found.owner == owner:
                    yield incident_id, found

    def _shared(self, group: Group) -> Group:
        """The same group is one object for all incidents: there are few, and many of these."""
        return self._groups.setdefault(group, group)

    def _version(self, topic: str, key: str) -> Version | None:
        found = self._open[topic].get(key)
        return found.version if found is not None else self._closed.get((topic, key))

    def _put_in(self, topic: str, key: str, found: Open) -> None:
        self._open[topic][key] = found
        self._closed.pop((topic, key), None)
        if found.owner is None:
            self.waiting.setdefault(found.group, {})[key] = None
        else:
            self.owned.setdefault(found.owner, set()).add(key)

    def _take_out(self, topic: str, key: str) -> None:
        found = self._open[topic].pop(key, None)
        if found is None:
            return
        if found.owner is None:
            group = self.waiting[found.group]
            del group[key]
            if not group:
                del self.waiting[found.group]
        elif not any(self._open[place][key].owner == found.owner for place in self.places(key)):
            # On its way to another queue it is on both for a moment.
            held = self.owned[found.owner]
            held.discard(key)
            if not held:
                del self.owned[found.owner]

    def _close(self, topic: str, key: str, at: Version) -> None:
        self._closed[topic, key] = at
        self._closed.move_to_end((topic, key))
        while len(self._closed) > CLOSED_AT_MOST:
            self._closed.popitem(last=False)

    def _count_places(self, key: str, now: datetime) -> None:
        if len(self.places(key)) > 1:
            self._double.setdefault(key, now)
        else:
            self._double.pop(key, None)
