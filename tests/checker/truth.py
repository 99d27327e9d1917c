"""The pool's log says all: a pool that reads it from its start knows what should have been told, and what is so now.

Only where the log is whole, and one version of the rules has read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from router.model.events import PolicyApplied
from router.runtime.outcomes import encode
from router.stages.contract import Entries, Entry, Record, Stage
from router.stages.expiring import Expiring
from router.stages.in_force import seeded
from tests.checker.facts import Facts, at
from tests.checker.findings import Finding, Kind


def untrue(facts: Facts, stage: Callable[[], Stage]) -> Iterator[Finding]:
    """What nobody was told, and what a reader knows otherwise. stage: a pool."""
    told = {(told.record.topic, told.id) for told in facts.told} | {
        (record.topic, record.header("ce_id")) for record in facts.by_topic.get("desk", ())
    }
    logs: dict[int, list[Record]] = {}
    for record in facts.by_topic.get("pool", ()):
        logs.setdefault(record.partition, []).append(record)
    for log in logs.values():
        yield from _replayed(facts, stage(), log, told)


def _replayed(facts: Facts, stage: Stage, log: list[Record], told: set[tuple[str, str | None]]) -> Iterator[Finding]:
    state = _State()
    first = next((record for record in log if record.header("ce_type") == "policy.applied"), None)
    if first is not None and first.value is not None:
        state.merge(seeded(Entries(state), PolicyApplied.model_validate_json(first.value)).changes)
    for record in log:
        try:
            step = stage.step(Entries(state), record)
        except Exception:
            continue
        state.merge(step.entries.changes)
        for outcome in step.outcomes:
            if (outcome.topic, outcome.id) not in told:
                yield Finding(Kind.UNTOLD, f"{outcome.type} on {outcome.topic}", (outcome.id,), (at(record),))
    views = {view.agent_id: record for record, view in facts.views}
    for outcome in stage.retold(state):
        last = views.get(outcome.key)
        if outcome.type == "agent.changed" and (last is None or last.value != encode(stage.name, outcome, None).value):
            says = f"not as the pool's log says (revision {outcome.revision})"
            yield Finding(Kind.UNTRUE, says, (outcome.key,), () if last is None else (at(last),))
    for outcome in stage.truth(state, log[0].partition):
        known = facts.known.get((outcome.topic, outcome.key))
        if known is None:
            yield Finding(Kind.UNTRUE, f"not on {outcome.topic}", (outcome.key,))
        elif known.record.value != encode(stage.name, outcome, None).value:
            says = f"not as the pool's log says (revision {outcome.revision}) but revision {known.version[1]}"
            yield Finding(Kind.UNTRUE, says, (outcome.key,), (at(known.record),))


class _State(dict[str, Entry]):
    """A stage's entries, in memory as they are."""

    def __init__(self) -> None:
        super().__init__()
        self._expiring = Expiring(self._expires_at)

    def merge(self, changes: Mapping[str, Entry | None]) -> None:
        for key, entry in changes.items():
            if entry is None:
                self.pop(key, None)
                continue
            self[key] = entry
            if entry.expires_at is not None:
                self._expiring.add(key, entry.expires_at)

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        return self._expiring.expired(at, limit)

    def _expires_at(self, key: str) -> datetime | None:
        entry = self.get(key)
        return None if entry is None else entry.expires_at
