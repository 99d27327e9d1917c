"""A dead letter: the payload and headers as they were, and why, in headers of its own.

    dlq_stage, dlq_reason                   always
    dlq_field, dlq_expected, dlq_got        where one field is to blame
    dlq_topic, dlq_partition, dlq_offset    where the record stood, if it stood anywhere
    dlq_at                                  when it was refused
The key stays the record's own. The topic is `<stage>.dlq`.
"""

from __future__ import annotations

from datetime import datetime

from router.model.cloudevents import Message, timestamp
from router.model.events import DeadLetter

PREFIX = "dlq_"


def topic_of(stage: str) -> str:
    return f"{stage}.dlq"


def message(
    letter: DeadLetter, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]
) -> Message:
    """The record for the stage's dead-letter topic."""
    why = letter.model_dump(exclude_none=True)
    own = tuple(
        (PREFIX + name, (timestamp(fact) if isinstance(fact, datetime) else str(fact)).encode())
        for name, fact in why.items()
    )
    kept = tuple(pair for pair in headers if not pair[0].startswith(PREFIX))
    return Message(topic_of(letter.stage), key or b"", value, kept + own)


def letter_of(headers: tuple[tuple[str, bytes], ...]) -> DeadLetter:
    """Why a record of a dead-letter topic is there. Raises pydantic's ValidationError."""
    own = {name: value for name, value in headers if name.startswith(PREFIX)}
    found = {name.removeprefix(PREFIX): value.decode("utf-8", "replace") for name, value in own.items()}
    return DeadLetter.model_validate(found)
