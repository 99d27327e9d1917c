"""Finds what the topics know about an id: on the queues first, then where they point, and only then everywhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from pydantic import ValidationError

from channels.errors import Problem
from router.cli.reading import QUEUE, TopicReader
from router.cli.story import Refusal
from router.cli.telling import Found, Seen, Told
from router.model import dead_letters, retries
from router.model.cloudevents import version
from router.model.events import ContactReceived, ContactScored, Position, QueueEvent
from router.model.ids import contact_id
from router.stages.contract import Record

DEAD = ".dlq"
_SHORT = re.compile(r"(?:c|i_[a-z0-9-]+)_[a-z2-7]{6,25}")
_CONTACT = re.compile(r"c_[a-z2-7]{26}")


class Ambiguous(Problem):
    """The short id fits several."""


def candidates(asked: str, providers: Iterable[str]) -> tuple[str, ...]:
    """Contact ids that `asked` may mean: itself, or each provider's contact of that id or delivery ("CA…:3")."""
    if asked.startswith("i_"):
        return ()
    if _CONTACT.fullmatch(asked):
        return (asked,)
    given = dict.fromkeys((asked, asked.strip("<>"), asked.partition(":")[0]))
    return tuple(contact_id(provider, one) for provider in providers for one in given if one)


async def search(reader: TopicReader, asked: str, providers: Iterable[str]) -> Found | None:
    """None where no topic knows the id. Raises Ambiguous for a short id that fits several."""
    topics = await reader.topics()
    wanted = candidates(asked, providers)
    queues = await _queues(reader, [topic for topic in topics if topic.startswith(QUEUE)])
    incident, contact = _named(queues, asked, wanted)
    if incident is None:
        elsewhere = await _everywhere(reader, topics, asked, wanted)
        if elsewhere is None:
            return None
        incident, contact = _named(queues, asked, tuple(elsewhere.told))
        if incident is None:
            return elsewhere
    seen = [one for one in (_seen(record) for record in queues[incident]) if one is not None]
    told = await _told(reader, max(seen, key=lambda one: one.version).event)
    return Found(asked, contact, seen, told)


async def refused(reader: TopicReader, wanted: Collection[str]) -> dict[str, Refusal]:
    """The newest dead letter of each of these contacts that has one."""
    signs = {contact.encode(): contact for contact in wanted}
    found: dict[str, Refusal] = {}
    await reader.take([name for name in await reader.topics() if name.endswith(DEAD)], from_start=True)
    async for record in reader.records(until=await reader.ends()):
        for sign, contact in signs.items():
            if any(sign in part for part in _parts(record)):
                found.update((contact, refusal) for refusal in _refusal(record))
    return found


async def _queues(reader: TopicReader, topics: list[str]) -> dict[str, list[Record]]:
    """Every record of the queues by incident; unparsed, since all but a few are of no interest."""
    await reader.take(topics, from_start=True)
    found: dict[str, list[Record]] = defaultdict(list)
    async for record in reader.records(until=await reader.ends()):
        if record.value is not None and record.key is not None:
            found[record.key.decode("utf-8", "replace")].append(record)
    return found


def _named(queues: dict[str, list[Record]], asked: str, wanted: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The incident meant, and the contact where a contact was meant."""
    if asked in queues:
        return asked, None
    for candidate in wanted:
        sign = f'"{candidate}"'.encode()
        for incident, records in queues.items():
            if any(sign in (record.value or b"") for record in records):
                return incident, candidate
    return _shortened(queues, asked) if _SHORT.fullmatch(asked) else (None, None)


def _shortened(queues: dict[str, list[Record]], asked: str) -> tuple[str | None, str | None]:
    if asked.startswith("i_"):
        fits = {incident: "" for incident in queues if incident.startswith(asked)}
    else:
        sign = re.compile(rb'"(' + asked.encode() + rb'[a-z2-7]*)"')
        fits = {
            match.group(1).decode(): incident
            for incident, records in queues.items()
            for record in records
            for match in sign.finditer(record.value or b"")
        }
    if len(fits) > 1:
        raise Ambiguous(f"{asked} fits {len(fits)} ids; give more of it, for instance {sorted(fits)[0]}")
    for full, incident in fits.items():
        return (incident, full) if incident else (full, None)
    return None, None


def _seen(record: Record) -> Seen | None:
    try:
        event = QueueEvent.model_validate_json(record.value or b"")
    except ValidationError:
        return None
    return Seen(event, record.header("ce_type") or "", version(record.headers), _position(record))


async def _told(reader: TopicReader, event: QueueEvent) -> dict[str, Told]:
    """Each contact of the incident as the pool's log has it; nothing for those whose record is gone."""
    found: dict[str, Told] = {}
    for ref in event.contacts:
        record = await reader.at("pool", ref.partition, ref.offset)
        scored = None if record is None else _scored(record)
        if record is not None and scored is not None and scored.contact_id == ref.contact_id:
            found[ref.contact_id] = Told(scored=scored, scored_at=_position(record))
    return found


async def _everywhere(reader: TopicReader, topics: Iterable[str], asked: str, wanted: tuple[str, ...]) -> Found | None:
    """Scans what came in, what was scored and what was refused."""
    scanned = [name for name in topics if name.startswith("inbound.") or name == "pool" or name.endswith(DEAD)]
    signs = tuple(sign.encode() for sign in (asked, asked.strip("<>"), *wanted))
    told: dict[str, Told] = {}
    refusals: list[Refusal] = []
    await reader.take(scanned, from_start=True)
    async for record in reader.records(until=await reader.ends()):
        if not any(sign in part for sign in signs for part in _parts(record)):
            continue
        if record.topic.endswith(DEAD):
            refusals += _refusal(record)
        else:
            _note(told, record, asked, wanted)
    if not told and not refusals:
        return None
    return Found(asked, next(iter(told), None), (), told, tuple(refusals))


def _note(told: dict[str, Told], record: Record, asked: str, wanted: tuple[str, ...]) -> None:
    """Adds what one record says of the contact asked for, if it is about it and doesn't only mention it."""
    event = _scored(record) if record.topic == "pool" else _received(record)
    if event is None:
        return
    names = {event.contact.provider_id, event.contact.delivery, (event.contact.message_id or "").strip("<>")}
    short = _SHORT.fullmatch(asked) and event.contact_id.startswith(asked)
    if not (event.contact_id in wanted or names & {asked, asked.strip("<>")} or short):
        return
    known = told.get(event.contact_id, Told())
    updates = known.updates + (record.header("ce_type") == "contact.updated")
    if isinstance(event, ContactScored):
        told[event.contact_id] = Told(event, _position(record), known.received, known.received_at, updates)
    elif known.received is None:
        told[event.contact_id] = Told(known.scored, known.scored_at, event, _position(record), updates)


def _parts(record: Record) -> Iterable[bytes]:
    yield record.value or b""
    yield record.key or b""
    yield from (value for _, value in record.headers)


def _refusal(record: Record) -> list[Refusal]:
    try:
        letter = dead_letters.letter_of(record.headers)
    except ValidationError:
        return []
    return [Refusal(topic=record.topic, partition=record.partition, offset=record.offset, letter=letter)]


def _scored(record: Record) -> ContactScored | None:
    if "contact.scored" not in (record.header(retries.TYPE), record.header(retries.WAS)):
        return None
    try:
        return ContactScored.model_validate_json(record.value or b"")
    except ValidationError:
        return None


def _received(record: Record) -> ContactReceived | None:
    try:
        return ContactReceived.model_validate_json(record.value or b"")
    except ValidationError:
        return None


def _position(record: Record) -> Position:
    return Position(topic=record.topic, partition=record.partition, offset=record.offset, at=record.timestamp)
