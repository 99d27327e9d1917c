"""From a stage's outcome to a record."""

from __future__ import annotations

from router.model.cloudevents import Attributes, Message, message
from router.stages.contract import Outcome


def encode(stage: str, outcome: Outcome, epoch: int | None) -> Message:
    attributes = Attributes(
        id=outcome.id,
        type=outcome.type,
        source=f"/stages/{stage}",
        subject=outcome.subject,
        time=outcome.time,
        traceparent=outcome.traceparent,
        epoch=epoch,
        revision=outcome.revision,
        spooled=outcome.spooled,
    )
    return message(outcome.topic, outcome.key, outcome.value, attributes, outcome.partition)
