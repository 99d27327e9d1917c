"""The messages of the AsyncAPI document: one an event type, and what else stands on topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from router.contract import headers
from router.contract.schemas import Schema
from router.model.catalogue import ALL, QUEUES
from router.model.topics import Topic

KAFKA = "0.5.0"
"""Version of the Kafka bindings' schema."""

TOMBSTONE = "tombstone"
DEAD_LETTER = "dead-letter"
ANY = "any"
"""In topics.yaml: whatever the stage has read."""

VERSIONED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(QUEUES, ("ce_epoch", "ce_revision")),
    "agent.changed": ("ce_epoch", "ce_revision"),
    "command.result": ("ce_epoch",),
    "alert.raised": ("ce_epoch", "ce_revision"),
    "alert.cleared": ("ce_epoch", "ce_revision"),
}

TITLES: Mapping[str, str] = {
    "contact.received": "A contact came in",
    "contact.updated": "More came of the same contact",
    "contact.scored": "A contact with its severity, its skill and why",
    "command.presence": "An agent says whether they are there, what they can do, and how much at once",
    "command.claim": "An agent wants an incident",
    "command.release": "An agent gives an incident back",
    "command.resolve": "An agent is done with an incident",
    "people.changed": "One person is behind several addresses",
    "policy.applied": "The policy from here on",
    "incident.opened": "An incident was opened, or came from another queue",
    "incident.joined": "A contact joined an incident",
    "incident.changed": "An incident's severity or skill changed",
    "incident.claimed": "An agent took an incident",
    "incident.released": "An incident waits again",
    "incident.moved": "An incident left for another queue, where it has been told already",
    "incident.resolved": "An incident is closed",
    "command.result": "What became of a command",
    "agent.changed": "What an agent is doing",
    "alert.raised": "Something is wrong that a person should look at",
    "alert.cleared": "What was wrong is over",
    "letter.resubmitted": "Somebody sent a dead letter through its stage once more",
    "letter.dropped": "Somebody decided that a dead letter is to be left alone",
    "stage.resumed": "Somebody looked at a stage's dead letters: they don't stop it any more",
    "delivery.unreadable": "A delivery whose signature held but which can't be read",
    "record.retried": "A dead letter that somebody has resubmitted: the record as it was, under a type of its own",
    "entry": "An entry of the pool's state",
    "applied": "How far the pool's log is in the state",
    "fence": "A worker took the partition over",
}


@dataclass(frozen=True)
class Example:
    """A record as it stood on its topic once. name: says which variant of the type it is."""

    name: str
    type: str
    headers: Mapping[str, str]
    value: Any


def names_on(topic: Topic) -> tuple[str, ...]:
    """Of the messages that a topic holds."""
    found = [DEAD_LETTER if kind == ANY else kind for kind in topic.types]
    return (*found, TOMBSTONE) if topic.cleanup == "compact" else tuple(found)


def messages(
    topics: Mapping[str, Topic], payloads: Mapping[str, Schema], examples: Iterable[Example]
) -> dict[str, dict[str, Any]]:
    """By name. payloads: of each event type, a schema or a reference to one."""
    told = list(examples)
    names = dict.fromkeys(name for topic in topics.values() for name in names_on(topic))
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        of_it = [each for each in told if each.type == name]
        made = _event(name, payloads[name], of_it) if name in ALL else {"name": name, **_other(name)}
        made["bindings"] = {"kafka": {"key": _key(name, topics), "bindingVersion": KAFKA}}
        found[name] = made
    return found


def _event(kind: str, payload: Schema, examples: list[Example]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": kind,
        "title": TITLES[kind],
        "contentType": "application/json",
        "headers": headers.cloud_event(kind, versioned=VERSIONED.get(kind, ())),
        "payload": payload,
    }
    if examples:
        found["examples"] = [
            {"name": each.name, "headers": dict(each.headers), "payload": each.value} for each in examples
        ]
    return found


def _other(name: str) -> dict[str, Any]:
    match name:
        case "tombstone":
            return {
                "title": "A key is gone",
                "description": "A record without a value: what the key named is no longer there. Its (epoch, revision) "
                "holds like that of any other record: whoever knows a higher one drops it.",
                "headers": headers.TOMBSTONE,
                "payload": {"type": "null"},
            }
        case "dead-letter":
            return {
                "title": "A record that a stage could not take, untouched",
                "contentType": "application/octet-stream",
                "headers": headers.DEAD_LETTER,
                "payload": {"description": "The record's value as it was, bytes of any kind."},
            }
        case "delivery.unreadable":
            return {
                "title": TITLES[name],
                "contentType": "application/octet-stream",
                "headers": {"type": "object", "allOf": [headers.DEAD_LETTER, headers.UNREADABLE]},
                "payload": {"description": "The body as it came; empty where it is too large for a record."},
            }
        case "record.retried":
            return {
                "title": TITLES[name],
                "contentType": "application/octet-stream",
                "headers": headers.RETRIED,
                "payload": {"description": "The record's value as it was when it was refused, bytes of any kind."},
            }
        case _:
            return {
                "title": TITLES[name],
                "description": "For workers only: its form may change with any version.",
                "contentType": "application/json",
                "headers": {"type": "object", "properties": {"ce_epoch": headers.EPOCH}, "required": ["ce_epoch"]},
                "payload": {"type": "object"},
            }


def _key(name: str, topics: Mapping[str, Topic]) -> Schema:
    """What the key is; with the topics where it differs from one to another."""
    where: dict[str, list[str]] = {}
    for topic, facts in topics.items():
        if name in names_on(facts):
            where.setdefault(facts.key, []).append(topic)
    if len(where) == 1:
        return {"type": "string", "description": next(iter(where))}
    return {"type": "string", "description": "; ".join(f"{', '.join(on)}: {key}" for key, on in where.items())}
