"""Records as the pool writes them, for tests of what the watchdog makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from channels.contact import Automatic, Direction
from router.model.cloudevents import timestamp
from router.stages.contract import Record
from router.watchdog.facts.known import Facts
from router.watchdog.facts.progress import Sample
from scoring.model import Severity

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def record(topic: str, key: str, value: str | None, kind: str, *, offset: int = 0, revision: int = 1) -> Record:
    told = {
        "ce_specversion": "1.0",
        "ce_id": f"{key}:{revision}",
        "ce_type": kind,
        "ce_source": "/stages/pool",
        "ce_subject": key,
        "ce_time": timestamp(NOW),
        "ce_epoch": "1",
        "ce_revision": str(revision),
    }
    headers = tuple((name, text.encode()) for name, text in told.items())
    return Record(topic, 0, offset, key.encode(), None if value is None else value.encode(), headers, NOW)


def incident(
    incident_id: str,
    skill: str = "emergency-vet",
    *,
    state: str = "waiting",
    owner: str | None = None,
    severity: Severity = Severity.S2,
    languages: tuple[str, ...] = ("en",),
    contacts: tuple[str, ...] = (),
    since: datetime = NOW,
    revision: int = 1,
) -> Record:
    value = {
        "pool": "petcare",
        "state": state,
        "severity": severity.value,
        "languages": languages,
        "owner": owner,
        "waiting_since": since.isoformat(),
        "contact_ids": contacts,
    }
    return record(f"queue.{skill}", incident_id, json.dumps(value), "incident.changed", revision=revision)


def tombstone(incident_id: str, skill: str = "emergency-vet", revision: int = 2) -> Record:
    return record(f"queue.{skill}", incident_id, None, "incident.moved", revision=revision)


def agent(
    agent_id: str, presence: str = "available", *, capacity: int = 2, holds: tuple[str, ...] = (), revision: int = 1
) -> Record:
    value = {
        "agent_id": agent_id,
        "presence": presence,
        "skills": {"emergency-vet": 3, "lang-en": 1},
        "capacity": capacity,
        "incidents": holds,
        "revision": revision,
        "changed_at": NOW.isoformat(),
    }
    return record("desk", agent_id, json.dumps(value), "agent.changed", revision=revision)


def scored(
    contact_id: str,
    offset: int = 0,
    *,
    direction: Direction = Direction.INBOUND,
    automatic: Automatic | None = None,
    part: str | None = None,
) -> Record:
    contact = {"direction": direction, "automatic": automatic, "part": part}
    value = json.dumps({"contact_id": contact_id, "pool": "petcare", "contact": contact})
    return record("pool", contact_id, value, "contact.scored", offset=offset)


def facts(*records: Record) -> Facts:
    known = Facts()
    for each in records:
        known.apply(each, NOW)
    assert known.unreadable == 0
    return known


def sample(reached: int, end: int | None = None, **dead: int) -> Sample:
    """The pool's log ends at `end`, and the pool has taken all before `reached`."""
    place = ("pool", 0)
    told = {topic.replace("_", "."): count for topic, count in dead.items()}
    return Sample({place: reached if end is None else end}, {"pool": {place: reached}}, told)
