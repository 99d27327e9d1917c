"""Revisions, epochs and places only rise, for a reader that drops what is lower.

A new owner may tell of an older revision for a moment, until it has taken in again what its predecessor had told and
not kept (docs/decisions/0001); in the end each key is at the highest revision that anybody was told of.
"""

from __future__ import annotations

from collections.abc import Iterator

from router.model.cloudevents import version
from router.runtime.changelog import APPLIED, FENCE, Applied
from router.stages.contract import Record
from tests.checker.facts import Facts, Key, Told, positions
from tests.checker.findings import Finding, Kind


def went_back(facts: Facts) -> Iterator[Finding]:
    yield from _revisions(facts)
    yield from _covered(facts)
    partitions: dict[tuple[str, int], list[Record]] = {}
    for topic, records in facts.by_topic.items():
        if topic.endswith(".changelog"):
            for record in records:
                partitions.setdefault((topic, record.partition), []).append(record)
    for changes in partitions.values():
        yield from _places(changes)


def _revisions(facts: Facts) -> Iterator[Finding]:
    highest: dict[str, Told] = {}
    best: dict[Key, tuple[int, int]] = {}
    for told in facts.told:
        key = told.record.topic, told.key
        if told.event is None or told.version < best.get(key, (0, 0)):
            continue
        best[key] = told.version
        if told.key not in highest or told.version[1] > highest[told.key].version[1]:
            highest[told.key] = told
    for last in facts.incidents:
        high = highest[last.key]
        if last.version[1] < high.version[1]:
            says = f"at revision {last.version[1]} in the end, after {high.version[1]}"
            yield Finding(Kind.WENT_BACK, says, (last.key,), positions([high.record, last.record]))


def _covered(facts: Facts) -> Iterator[Finding]:
    """What compaction leaves of a key has to say what readers took for its truth."""
    last = {(told.record.topic, told.key): told for told in facts.told}
    for key, known in facts.known.items():
        if last[key].version < known.version and last[key].record.value != known.record.value:
            says = "a stale record is its key's last"
            yield Finding(Kind.WENT_BACK, says, (known.key,), positions([last[key].record, known.record]))


def _places(changes: list[Record]) -> Iterator[Finding]:
    fence, place, placed = 0, -1, None
    for record in changes:
        epoch, _ = version(record.headers)
        key = (record.key or b"").decode()
        if key.startswith(FENCE):
            fence = max(fence, epoch)
        elif epoch > fence:
            yield Finding(Kind.WENT_BACK, f"epoch {epoch} without a fence", (key,), positions([record]))
        elif key == APPLIED and epoch == fence:
            offset = Applied.model_validate_json(record.value or b"").offset
            if offset < place and placed is not None:
                says = f"applied up to {offset} after {place}"
                yield Finding(Kind.WENT_BACK, says, (key,), positions([placed, record]))
            place, placed = offset, record
