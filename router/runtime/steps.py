"""One fetched batch through a stage: what to publish, what changes, and what nobody could read."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from router.model import retries
from router.model.cloudevents import Message
from router.model.dead_letters import message as dead_letter
from router.model.events import DeadLetter
from router.runtime.outcomes import encode
from router.runtime.ports import StateUnreadable
from router.stages.contract import Entries, Record, Stage, Undecodable
from router.stages.entries import Layer


@dataclass
class Stepped:
    """messages: outputs and dead letters, in the records' order. dead: why, of each dead letter. The layer holds the
    changes."""

    messages: list[Message] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)


def step_all(stage: Stage, layer: Layer, records: Sequence[Record], epoch: int | None) -> Stepped:
    """Steps record by record on `layer`; what raises leaves no trace in it and is dead-lettered.

    Raises StateUnreadable.
    """
    done = Stepped()
    for record in records:
        try:
            step = stage.step(Entries(layer), record)
            messages = [encode(stage.name, outcome, epoch) for outcome in step.outcomes]
        except StateUnreadable:
            raise
        except Exception as error:  # bad input never stops the line; the cap stops a bad deploy
            letter = _why(stage, record, error)
            done.messages.append(dead_letter(letter, record.key, record.value, _headers(record)))
            done.dead.append(letter)
        else:
            layer.changes.update(step.entries.changes)
            done.messages.extend(messages)
    return done


def _why(stage: Stage, record: Record, error: Exception) -> DeadLetter:
    place = _place(record)
    if isinstance(error, Undecodable):
        return DeadLetter(
            stage=stage.name, reason=error.reason, field=error.field, expected=error.expected, got=error.got, **place
        )
    return DeadLetter(stage=stage.name, reason=f"raised {type(error).__name__} at {_line_of(error)}", **place)


def _place(record: Record) -> dict[str, Any]:
    """Where it stood first, and how often it has been refused by now."""
    here = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    try:
        before = retries.earlier(record.headers)
    except ValidationError:
        before = None
    if before is None:
        return {**here, "at": record.timestamp}
    first = {"topic": before.topic, "partition": before.partition, "offset": before.offset}
    return {**first, "at": record.timestamp, "tries": before.tries + 1}


def _headers(record: Record) -> tuple[tuple[str, bytes], ...]:
    return retries.as_it_was(record.headers) if retries.is_retry(record.headers) else record.headers


def _line_of(error: Exception) -> str:
    """Module and line; never the message, which may quote what a person wrote."""
    if isinstance(error, ValidationError):
        return error.title
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.name}:{last.lineno}"
