"""A resubmitted dead letter, as a stage takes it: like the record that it was."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from router.model import retries
from router.stages.contract import Record


def as_it_was(record: Record) -> Record:
    """With the headers that it first came with, and where it now stands."""
    return replace(record, headers=retries.as_it_was(record.headers))


def where_it_stood(record: Record) -> Record:
    """As it was, and at the place where it stood when it was first refused."""
    try:
        letter = retries.earlier(record.headers)
    except ValidationError:
        letter = None
    if letter is None or letter.partition is None or letter.offset is None:
        return as_it_was(record)
    was = as_it_was(record)
    return replace(was, topic=letter.topic, partition=letter.partition, offset=letter.offset)
