"""A dead letter: the payload and headers as they were, and why, in headers of its own.

    dlq_stage, dlq_reason                   always
    dlq_field, dlq_expected, dlq_got        where one field is to blame
    dlq_topic, dlq_partition, dlq_offset    where the record stood, if it stood anywhere
    dlq_at                                  when it was refused
    dlq_tries                               how often it has been refused so far
The key stays the record's own. The topic is `<stage>.dlq`; a letter's name is where it stands: `intake.dlq/0/5`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from router.model.cloudevents import Headers, Message, timestamp
from router.model.events import DeadLetter

PREFIX = "dlq_"
TOPIC_END = ".dlq"

_PLACE = re.compile(r"([a-zA-Z0-9._-]{1,200})/([0-9]{1,9})/([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, order=True)
class Place:
    """Where a record stands. As text: topic/partition/offset."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """None for what names no place."""
        found = _PLACE.fullmatch(text)
        return None if found is None else cls(found[1], int(found[2]), int(found[3]))


def topic_of(stage: str) -> str:
    return stage + TOPIC_END


def message(letter: DeadLetter, key: bytes | None, value: bytes | None, headers: Headers) -> Message:
    """The record for the stage's dead-letter topic."""
    why = letter.model_dump(exclude_none=True)
    own = tuple(
        (PREFIX + name, (timestamp(fact) if isinstance(fact, datetime) else str(fact)).encode())
        for name, fact in why.items()
    )
    kept = tuple(pair for pair in headers if not pair[0].startswith(PREFIX))
    return Message(topic_of(letter.stage), key or b"", value, kept + own)


def letter_of(headers: Headers) -> DeadLetter:
    """Why a record of a dead-letter topic is there. Raises pydantic's ValidationError."""
    own = {name: value for name, value in headers if name.startswith(PREFIX)}
    found = {name.removeprefix(PREFIX): value.decode("utf-8", "replace") for name, value in own.items()}
    return DeadLetter.model_validate(found)
