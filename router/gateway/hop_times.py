"""How long contacts took from hop to hop, told by the queue events that brought them."""

from __future__ import annotations

from router.gateway.metrics import Metrics
from router.model.events import QueueEvent
from router.model.incident import ContactRef, IncidentType
from router.stages.contract import Record

BROUGHT = frozenset({IncidentType.OPENED.value, IncidentType.JOINED.value})


def observe(metrics: Metrics, record: Record, event: QueueEvent) -> None:
    """To be called for news only, and only for what was read as it came: else a rerun counts twice."""
    brought = _brought(record, event)
    if brought is None:
        return
    hops = brought.hops
    on_log = hops.inbound_at or hops.received_at
    steps = {
        "edge": on_log - hops.received_at,
        "intake": hops.pool_at - on_log,
        "pool": record.timestamp - hops.pool_at,
        "webhook-to-queue": record.timestamp - hops.received_at,
    }
    for hop, took in steps.items():
        # Clocks of several machines may differ by more than a hop takes.
        metrics.hops.labels(hop).observe(max(0.0, took.total_seconds()))


def _brought(record: Record, event: QueueEvent) -> ContactRef | None:
    """The contact that this event is about, None where it is about none."""
    if record.header("ce_type") not in BROUGHT or not event.changes:
        return None
    contact_id = event.changes[-1].contact_id
    return next((ref for ref in event.contacts if ref.contact_id == contact_id), None)
