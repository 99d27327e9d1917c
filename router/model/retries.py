"""A dead letter on its way through its stage once more: `record.retried`.

Key and payload are the letter's, and so are its headers, but for
    ce_type      record.retried, so that each writer of a topic keeps to types of its own
    retry_type   what ce_type was, if there was one
    retry_of     the letter's name
The letter's `dlq_…` headers travel along, so that the next refusal knows of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from router.model.cloudevents import Headers, Message
from router.model.dead_letters import PREFIX, Place, letter_of
from router.model.events import DeadLetter

RETRIED = "record.retried"
TYPE = "ce_type"
WAS = "retry_type"
OF = "retry_of"

TOPICS: Mapping[str, str] = MappingProxyType({"gateway": "gateway.retry", "intake": "intake.retry", "pool": "pool"})
"""Where a stage's letters are read again. A pool's is its own log: what happens in a pool is in one order."""

_PASSED = ("command.", "policy.", "timer.", "dispatch.")


def passed(headers: Headers) -> str | None:
    """The event's type, where it spoke of a moment that has passed: nothing good comes of doing it now."""
    kind = dict(headers).get(TYPE, b"").decode("utf-8", "replace")
    return kind if kind.startswith(_PASSED) else None


def retry(letter: DeadLetter, name: Place, key: bytes | None, value: bytes | None, headers: Headers) -> Message | None:
    """The record to write, None where no stage would read it. A pool's goes to the partition that it came from."""
    topic = TOPICS.get(letter.stage)
    if topic is None:
        return None
    was = dict(headers).get(TYPE)
    kept = tuple(pair for pair in headers if pair[0] not in (TYPE, WAS, OF))
    own = ((TYPE, RETRIED.encode()), (OF, str(name).encode()), *(() if was is None else ((WAS, was),)))
    return Message(topic, key or b"", value, kept + own, letter.partition if topic == letter.topic else None)


def is_retry(headers: Headers) -> bool:
    return any(name == TYPE and value == RETRIED.encode() for name, value in headers)


def as_it_was(headers: Headers) -> tuple[tuple[str, bytes], ...]:
    """The headers that a retried record had when it first came."""
    was = tuple((TYPE, value) for name, value in headers if name == WAS)
    kept = (pair for pair in headers if pair[0] not in (TYPE, WAS, OF) and not pair[0].startswith(PREFIX))
    return (*kept, *was)


def earlier(headers: Headers) -> DeadLetter | None:
    """Why a retried record was refused the last time; None for any other record. Raises ValidationError."""
    return letter_of(headers) if is_retry(headers) else None
