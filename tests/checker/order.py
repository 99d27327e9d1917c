"""What one person sent on one channel is in the pool's log in the order in which it came onto the inbound topic."""

from __future__ import annotations

from collections.abc import Iterator

from tests.checker.facts import Facts, Received, Scored, event_of, positions
from tests.checker.findings import Finding, Kind


def out_of_order(facts: Facts) -> Iterator[Finding]:
    scored: dict[str, Scored] = {}
    for each in facts.scored:
        scored.setdefault(each.delivery, each)
    newest: dict[tuple[str, int, bytes | None, int], tuple[Received, Scored]] = {}
    met: set[str] = set()
    for came in facts.received:
        found = scored.get(came.delivery)
        # What was refused first has left the line.
        if found is None or came.delivery in met or event_of(came.record) in facts.refused:
            continue
        met.add(came.delivery)
        line = came.record.topic, came.record.partition, came.record.key, found.record.partition
        before = newest.get(line)
        if before is not None and found.record.offset < before[1].record.offset:
            ids = before[0].delivery, came.delivery
            yield Finding(
                Kind.OUT_OF_ORDER, "the second came before the first", ids, positions([before[1].record, found.record])
            )
        else:
            newest[line] = came, found
