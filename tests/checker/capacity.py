"""Nobody comes to hold more than their capacity. Who lowers it keeps what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from router.model.events import AgentView
from router.stages.contract import Record
from tests.checker.facts import Facts, positions
from tests.checker.findings import Finding, Kind


def over_capacity(facts: Facts) -> Iterator[Finding]:
    """By revision: a new owner tells of some once more."""
    views: dict[str, dict[int, tuple[Record, AgentView]]] = {}
    for record, view in facts.views:
        views.setdefault(view.agent_id, {})[view.revision] = record, view
    for agent, told in views.items():
        held = 0
        for _, (record, view) in sorted(told.items()):
            now = len(view.incidents)
            if now > max(view.capacity, held):
                says = f"holds {now} of {view.capacity}"
                yield Finding(Kind.OVER_CAPACITY, says, (agent, *view.incidents), positions([record]))
            held = now
