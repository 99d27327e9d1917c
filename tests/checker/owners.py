"""At one revision of an incident all readers are told of one owner; and a command has one answer."""

from __future__ import annotations

from collections.abc import Iterator

from router.model.events import QueueEvent
from router.stages.contract import Record
from tests.checker.facts import Facts, positions
from tests.checker.findings import Finding, Kind
from tests.checker.ledger import Ledger

REUSED = 422


def two_owners(ledger: Ledger, facts: Facts) -> Iterator[Finding]:
    owners: dict[tuple[str, int], dict[str | None, Record]] = {}
    for record, event in _told(facts):
        owners.setdefault((event.incident_id, event.revision), {}).setdefault(event.owner, record)
    for (incident, revision), found in owners.items():
        if len(found) > 1:
            who = tuple(str(owner) for owner in found)
            says = f"several owners at revision {revision}"
            yield Finding(Kind.TWO_OWNERS, says, (incident, *who), positions(found.values()))
    yield from _answers(ledger, facts)


def _told(facts: Facts) -> Iterator[tuple[Record, QueueEvent]]:
    for told in facts.told:
        if told.event is not None:
            yield told.record, told.event
    for record, result in facts.results:
        if result.incident is not None:
            yield record, result.incident


def _answers(ledger: Ledger, facts: Facts) -> Iterator[Finding]:
    answers: dict[str, dict[int, Record]] = {}
    for record, result in facts.results:
        if result.status != REUSED:
            answers.setdefault(result.command_id, {}).setdefault(result.status, record)
    for command, found in answers.items():
        if len(found) > 1:
            says = f"answered {' and '.join(str(status) for status in found)}"
            yield Finding(Kind.TWO_OWNERS, says, (command,), positions(found.values()))
    for asked in ledger.asked:
        told = answers.get(asked.command_id, {})
        if asked.status is not None and asked.status != REUSED and asked.status not in told:
            yield Finding(Kind.TWO_OWNERS, f"answered {asked.status}, which no record says", (asked.command_id,))
