"""From a record to an event of a stage. Whatever isn't one raises Undecodable, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from channels.contact import Frozen
from channels.contract import malformed
from router.model.catalogue import Types
from router.model.cloudevents import Attributes, attributes
from router.model.retries import RETRIED
from router.stages.contract import Record, Undecodable
from router.stages.retried import as_it_was


@dataclass(frozen=True, slots=True)
class Event:
    """A record's headers and value. Times are in UTC."""

    attributes: Attributes
    value: Frozen


def decode(record: Record, types: Types) -> Event:
    """A resubmitted record is the event that it was.

    Raises Undecodable, with the field where one is at fault, for what isn't one of `types`.
    """
    try:
        found = attributes(record.headers)
    except (ValueError, OverflowError) as error:
        raise Undecodable("malformed", "headers", "the attributes of a CloudEvent", str(error)) from None
    if found.type == RETRIED:
        return decode(as_it_was(record), types)
    model = types.get(found.type)
    if model is None:
        raise Undecodable("unknown-type", "ce_type", " or ".join(sorted(types)), found.type[:100])
    if record.value is None:
        raise Undecodable("malformed", "value", found.type, "a tombstone")
    try:
        return Event(found, model.model_validate_json(record.value))
    except ValidationError as error:
        problem = malformed(error)
        raise Undecodable("malformed", problem.field, problem.expected, problem.got) from None
