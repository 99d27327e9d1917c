"""A record as one line for a person, or as one line of JSON. Pure."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from rich.text import Text

from router.cli import looks
from router.model import dead_letters
from router.model.events import AgentView, CommandResult, ContactReceived, ContactScored, QueueEvent
from router.stages.contract import Record
from scoring.model import Effect, Evidence

Model = TypeVar("Model", bound=BaseModel)


def as_json(record: Record) -> str:
    """{"topic", "partition", "offset", "key", "headers", "value"}; value is null for a tombstone."""
    return json.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": None if record.key is None else record.key.decode("utf-8", "replace"),
            "headers": {name: value.decode("utf-8", "replace") for name, value in record.headers},
            "value": _value(record.value),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def queue_row(record: Record, *, wide: bool) -> Text:
    """One event of a queue topic."""
    name = looks.short if not wide else str
    key = (record.key or b"").decode("utf-8", "replace")
    event = _parsed(QueueEvent, record)
    row = Text(looks.clock(record.timestamp) + "  ")
    if event is None:
        word = "removed" if record.value is None else "unreadable"
        return row.append(f"--  {word:<9} {'':<9} {name(key)}", style="dim")
    row.append_text(looks.severity(event.severity)).append("  ")
    row.append(f"{(record.header('ce_type') or '').removeprefix('incident.'):<9} ")
    row.append(f"{event.state:<9} ", style=looks.STATE[event.state])
    row.append(name(event.incident_id))
    row.append("  " + "+".join(event.channels))
    if event.languages:
        row.append(" " + ",".join(event.languages), style="dim")
    if event.owner:
        row.append(f"  owner {event.owner}", style="green")
    if event.moved_to:
        row.append(f"  to {event.moved_to}")
    row.append("  " + rules(event.evidence), style="dim")
    return row


def other_row(record: Record, *, wide: bool) -> Text:
    """One record of any other topic: what it is and whose, no text and no address."""
    name = looks.short if not wide else str
    kind = record.header("ce_type") or "record"
    subject = record.header("ce_subject") or (record.key or b"").decode("utf-8", "replace")
    row = Text(f"{looks.clock(record.timestamp)}  {record.partition}:{record.offset:<7} ")
    row.append(f"{kind:<17} ", style="bold").append(name(subject))
    if record.value is None:
        return row.append("  removed", style="dim")
    return row.append_text(_summary(record, kind))


def rules(evidence: tuple[Evidence, ...]) -> str:
    """Rule ids, each once; one that lowered has a minus before it."""
    names = (("-" if one.effect is Effect.LOWERS else "") + one.rule for one in evidence)
    return ", ".join(dict.fromkeys(names))


def _summary(record: Record, kind: str) -> Text:
    text = Text("  ")
    if record.topic.endswith(".dlq"):
        return text.append(_refusal(record), style="red")
    if kind == "contact.scored" and (scored := _parsed(ContactScored, record)):
        text.append_text(looks.severity(scored.assessment.severity))
        text.append(f" {scored.assessment.skill}  {scored.contact.medium}  ")
        return text.append(rules(scored.assessment.evidence), style="dim")
    if kind.startswith("contact.") and (received := _parsed(ContactReceived, record)):
        return text.append(f"{received.contact.medium} by {received.contact.provider}")
    if kind == "command.result" and (result := _parsed(CommandResult, record)):
        return text.append(f"{result.agent_id}  {result.status} {result.reason or ''}".rstrip())
    if kind == "agent.changed" and (agent := _parsed(AgentView, record)):
        return text.append(f"{agent.presence}, holds {len(agent.incidents)} of {agent.capacity}")
    return text.append(f"{len(record.value or b'')} bytes", style="dim")


def _refusal(record: Record) -> str:
    try:
        letter = dead_letters.letter_of(record.headers)
    except ValidationError:
        return "dead letter without a reason"
    where = f": {letter.field}, expected {letter.expected}" if letter.field else ""
    return f"{letter.reason}{where}"


def _parsed(model: type[Model], record: Record) -> Model | None:
    try:
        return None if record.value is None else model.model_validate_json(record.value)
    except ValidationError:
        return None


def _value(value: bytes | None) -> object:
    if value is None:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return value.decode("utf-8", "replace")
