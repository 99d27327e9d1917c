"""An open incident has an owner who knows of it, or waits on a queue. Else nobody will ever look."""

from __future__ import annotations

from collections.abc import Iterator

from router.model.cloudevents import version
from router.model.incident import Incident, IncidentState
from router.runtime.changelog import FENCE
from router.stages.state import IncidentEntry
from tests.checker.facts import Facts, at, positions
from tests.checker.findings import Finding, Kind

UNKNOWN_TO_OWNER = "its owner's view doesn't have it"


def stuck(facts: Facts) -> Iterator[Finding]:
    holds = {view.agent_id: view.incidents for _, view in facts.views}
    for told in facts.incidents:
        event = told.event
        if event is None or not event.state.open:
            continue
        where = positions([told.record])
        if (event.state is IncidentState.OWNED) != (event.owner is not None):
            yield Finding(Kind.STUCK, f"{event.state} with owner {event.owner}", (told.key,), where)
        elif event.owner is not None and told.key not in holds.get(event.owner, ()):
            yield Finding(Kind.STUCK, UNKNOWN_TO_OWNER, (told.key, event.owner), where)
    there = {(told.record.topic, told.key) for told in facts.incidents}
    for place, incident in _kept(facts):
        if incident.state.open and (f"queue.{incident.skill}", incident.incident_id) not in there:
            yield Finding(Kind.STUCK, "open in the state, on no queue", (incident.incident_id,), (place,))


def _kept(facts: Facts) -> Iterator[tuple[str, Incident]]:
    """The pool's incidents by its changelog, as the next worker would restore them."""
    fences: dict[int, int] = {}
    kept: dict[str, tuple[str, bytes]] = {}
    for record in facts.by_topic.get("pool.changelog", ()):
        epoch, _ = version(record.headers)
        key = (record.key or b"").decode()
        if key.startswith(FENCE):
            fences[record.partition] = max(epoch, fences.get(record.partition, 0))
        elif key.startswith("incident/") and epoch >= fences.get(record.partition, 0):
            if record.value is None:
                kept.pop(key, None)
            else:
                kept[key] = at(record), record.value
    for place, body in kept.values():
        yield place, IncidentEntry.model_validate_json(body).incident
