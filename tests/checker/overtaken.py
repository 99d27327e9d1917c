"""What was acknowledged before the next of its line was sent stands before it on the inbound topic.

A line is what has one key: one person's messages on one channel, one call. Only where the ledger knows times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from router.stages.contract import Record
from tests.checker.facts import Facts, positions
from tests.checker.findings import Finding, Kind
from tests.checker.ledger import Ledger

Line = tuple[str, int, bytes | None]


@dataclass
class _Delivery:
    """began: when it was sent first. acknowledged: when first, infinity for never. record: the first that has it."""

    name: str
    began: float
    acknowledged: float
    record: Record


def overtaken(ledger: Ledger, facts: Facts) -> Iterator[Finding]:
    for line in _lines(ledger, facts):
        before = sorted(line, key=lambda each: each.acknowledged)
        last: _Delivery | None = None
        at = 0
        for each in sorted(line, key=lambda each: each.began):
            while at < len(before) and before[at].acknowledged < each.began:
                if last is None or before[at].record.offset > last.record.offset:
                    last = before[at]
                at += 1
            if last is not None and last.record.offset > each.record.offset:
                says = "acknowledged first, and on the topic behind the next"
                yield Finding(Kind.OUT_OF_ORDER, says, (last.name, each.name), positions([last.record, each.record]))


def _lines(ledger: Ledger, facts: Facts) -> list[list[_Delivery]]:
    records: dict[str, Record] = {}
    for came in facts.received:
        records.setdefault(came.delivery, came.record)
    found: dict[Line, dict[str, _Delivery]] = {}
    for sent in ledger.sent:
        name = f"{sent.provider}:{sent.delivery}"
        record = records.get(name)
        if record is None or sent.began is None or sent.ended is None:
            continue
        line = found.setdefault((record.topic, record.partition, record.key), {})
        known = line.setdefault(name, _Delivery(name, sent.began, inf, record))
        known.began = min(known.began, sent.began)
        if sent.acknowledged:
            known.acknowledged = min(known.acknowledged, sent.ended)
    return [list(line.values()) for line in found.values()]
