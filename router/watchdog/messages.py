"""Records of the topic `alerts`: from what is said to a message, and back."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from router.model.alerts import AlertCleared, AlertRaised
from router.model.catalogue import ALERTS
from router.model.cloudevents import Attributes, Message, message
from router.stages.contract import Record
from router.watchdog.judging import Said

TOPIC = "alerts"
SOURCE = "/watchdog"
RAISED, CLEARED = "alert.raised", "alert.cleared"


def told(said: Said) -> Message:
    """The record that says it."""
    kind, at = (RAISED, said.raised_at) if isinstance(said, AlertRaised) else (CLEARED, said.cleared_at)
    return message(TOPIC, said.alert_id, said, _attributes(said, kind, at))


def gone(said: AlertCleared) -> Message:
    """The tombstone of an alert that is long over."""
    return message(TOPIC, said.alert_id, None, _attributes(said, CLEARED, said.cleared_at))


def heard(record: Record) -> Said | None:
    """What a record says, None for a tombstone. Raises ValueError for what isn't an alert's."""
    if record.value is None:
        return None
    model = ALERTS.get(record.header("ce_type") or "")
    if model is None:
        raise ValueError("expected an alert")
    try:
        found = model.model_validate_json(record.value)
    except ValidationError:
        raise ValueError("expected an alert") from None
    if not isinstance(found, AlertRaised | AlertCleared):
        raise TypeError(f"no alert: {type(found).__name__}")
    return found


def _attributes(said: Said, kind: str, at: datetime) -> Attributes:
    return Attributes(
        id=f"{said.alert_id}:{said.revision}",
        type=kind,
        source=SOURCE,
        subject=said.alert_id,
        time=at,
        epoch=0,
        revision=said.revision,
    )
