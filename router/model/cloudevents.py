"""CloudEvents 1.0 over Kafka in binary mode: attributes are headers `ce_…`, the value is the model's JSON.

Our extensions: `ce_epoch` and `ce_revision` (decimal, readers of a compacted topic drop what is lower in
(epoch, revision) of a key), `ce_spooled` (Unix milliseconds; when it went into a gateway's spool, since the broker was
away), and `traceparent` as W3C Trace Context names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel

SPOOLED = "ce_spooled"

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Attributes:
    """What the headers say of an event. revision and epoch only on topics that are folds of state."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    traceparent: str | None = None
    epoch: int | None = None
    revision: int | None = None
    spooled: int | None = None


@dataclass(frozen=True)
class Message:
    """What is handed to a producer."""

    topic: str
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    partition: int | None = None


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC, microseconds, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def headers(attributes: Attributes, *, tombstone: bool = False) -> tuple[tuple[str, bytes], ...]:
    pairs = [
        ("ce_specversion", "1.0"),
        ("ce_id", attributes.id),
        ("ce_type", attributes.type),
        ("ce_source", attributes.source),
        ("ce_subject", attributes.subject),
        ("ce_time", timestamp(attributes.time)),
    ]
    if attributes.epoch is not None:
        pairs.append(("ce_epoch", str(attributes.epoch)))
    if attributes.revision is not None:
        pairs.append(("ce_revision", str(attributes.revision)))
    if attributes.spooled is not None:
        pairs.append((SPOOLED, str(attributes.spooled)))
    if attributes.traceparent:
        pairs.append(("traceparent", attributes.traceparent))
    if not tombstone:
        pairs.append(("content-type", "application/json"))
    return tuple((name, value.encode()) for name, value in pairs)


def message(
    topic: str, key: str, value: BaseModel | None, attributes: Attributes, partition: int | None = None
) -> Message:
    body = None if value is None else value.model_dump_json().encode()
    return Message(topic, key.encode(), body, headers(attributes, tombstone=body is None), partition)


def attributes(headers: Headers) -> Attributes:
    """The time in UTC. Raises ValueError, naming the header, where one is missing or can't be read; OverflowError for a
    time that has none in UTC."""
    found = {name: value.decode("utf-8", "replace") for name, value in headers}

    def needed(name: str) -> str:
        if not found.get(name):
            raise ValueError(f"header {name} is missing")
        return found[name]

    if needed("ce_specversion") != "1.0":
        raise ValueError("header ce_specversion must be 1.0")
    return Attributes(
        id=needed("ce_id"),
        type=needed("ce_type"),
        source=needed("ce_source"),
        subject=needed("ce_subject"),
        time=_time(needed("ce_time")),
        traceparent=found.get("traceparent"),
        epoch=_number(found, "ce_epoch"),
        revision=_number(found, "ce_revision"),
        spooled=_number(found, SPOOLED),
    )


def version(headers: Headers) -> tuple[int, int]:
    """(epoch, revision) of a record; (0, 0) where it carries none."""
    epoch = revision = 0
    for name, value in headers:
        if name == "ce_epoch":
            epoch = _decimal(name, value)
        elif name == "ce_revision":
            revision = _decimal(name, value)
    return epoch, revision


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("header ce_time must be an RFC 3339 time") from None
    if at.tzinfo is None:
        raise ValueError("header ce_time must name its zone")
    return at.astimezone(UTC)


def _number(found: dict[str, str], name: str) -> int | None:
    text = found.get(name)
    return None if text is None else _decimal(name, text.encode())


def _decimal(name: str, digits: bytes) -> int:
    if not digits.isdigit():  # of bytes: ASCII's only
        raise ValueError(f"header {name} must be a decimal number")
    return int(digits)
