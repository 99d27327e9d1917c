"""Schemas of the records' headers: CloudEvents 1.0 in Kafka's binary mode, and what a dead letter has besides.

Kafka's headers are bytes: every value is text in UTF-8, numbers are decimal.
"""

from __future__ import annotations

from router.contract.schemas import Schema
from router.model import retries
from router.model.cloudevents import SPOOLED
from router.model.dead_letters import PREFIX
from router.model.events import DeadLetter

DECIMAL = r"^[0-9]+$"


def _text(description: str, **more: object) -> Schema:
    return {"type": "string", "description": description, **more}


EPOCH = _text(
    "The turn of the worker that wrote it: it rises each time that another takes the partition over", pattern=DECIMAL
)
REVISION = _text("Of the record's key; rises with each change", pattern=DECIMAL)
VERSION: Schema = {"ce_epoch": EPOCH, "ce_revision": REVISION}

CLOUD_EVENT: Schema = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode.",
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": _text("Of the delivery; the same when it is told again", minLength=1),
        "ce_type": _text("The event's type", minLength=1),
        "ce_source": _text("Who says it, as a path: /channels/twilio, /stages/pool", minLength=1),
        "ce_subject": _text("What it is about: a contact, an incident, an agent, a command", minLength=1),
        "ce_time": _text("When it was received, or happened; UTC", format="date-time"),
        "traceparent": _text("W3C Trace Context, the same all the way from the webhook"),
        SPOOLED: _text("Unix milliseconds: when a gateway spooled it, since the broker was away", pattern=DECIMAL),
        "content-type": {"type": "string", "const": "application/json"},
    },
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "content-type"],
}

TOMBSTONE: Schema = {
    "type": "object",
    "description": "Those of CloudEvents may stand beside it.",
    "properties": VERSION,
    "required": ["ce_epoch", "ce_revision"],
}

UNREADABLE: Schema = {
    "type": "object",
    "properties": {
        "channel": _text("The hook that it came to"),
        "raw_sha256": _text("Of the body, by which the blob store has it"),
        "raw_size": _text("Bytes of the body", pattern=DECIMAL),
        "content-type": _text("As the provider gave it"),
        "request": _text("JSON: method, url and the headers that reading it needs; none that it was verified by"),
        "envelope": _text("JSON: sender and recipients that SMTP was told"),
    },
    "required": ["channel", "raw_sha256", "raw_size"],
}

_WHY = {
    "stage": "Who refused it",
    "reason": "In a word",
    "field": "What was wrong, as a path in the record",
    "expected": "What the field should have been",
    "got": "What kind of thing it was; never the content",
    "topic": "Where it stood, or should have stood",
    "partition": "Where it stood",
    "offset": "Where it stood",
    "at": "When it was refused",
    "tries": "How often it has been refused",
}

DEAD_LETTER: Schema = {
    "type": "object",
    "description": "The record's own headers, as they were, and why it was refused.",
    "properties": {PREFIX + name: _text(_WHY[name]) for name in DeadLetter.model_fields},
    "required": [PREFIX + name for name, field in DeadLetter.model_fields.items() if field.is_required()],
}

RETRIED: Schema = {
    "type": "object",
    "description": "The dead letter's headers, as they were, but for ce_type.",
    "properties": {
        **DEAD_LETTER["properties"],
        retries.TYPE: {"type": "string", "const": retries.RETRIED},
        retries.WAS: _text("What ce_type was, if there was one"),
        retries.OF: _text("Where the dead letter stands: topic/partition/offset"),
    },
    "required": [*DEAD_LETTER["required"], retries.TYPE, retries.OF],
}


def cloud_event(kind: str, *, versioned: tuple[str, ...]) -> Schema:
    """Of one event type; versioned: which of ce_epoch and ce_revision it always has."""
    found: Schema = {
        "type": "object",
        "allOf": [{"$ref": "#/components/schemas/CloudEvent"}],
        "properties": {"ce_type": {"const": kind}, **{name: VERSION[name] for name in versioned}},
    }
    return {**found, "required": list(versioned)} if versioned else found
