"""What a person sent after an answer comes behind what was answered: in the pool's log, by the ledger's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from router.stages.contract import Record
from tests.checker.findings import Finding, Kind
from tests.faults.book import Delivery


def out_of_sequence(deliveries: Iterable[Delivery], records: Iterable[Record]) -> Iterator[Finding]:
    """The first record of each delivery counts: a twin is dropped by its id."""
    places: dict[str, tuple[int, int]] = {}
    for record in records:
        if record.topic == "pool" and record.header("ce_type") == "contact.scored":
            places.setdefault(record.header("ce_id") or "", (record.partition, record.offset))
    newest: dict[str, tuple[Delivery, int]] = {}
    for delivery in sorted(deliveries, key=lambda one: one.number):
        place = places.get(f"{delivery.what.provider}:{delivery.what.delivery}")
        if delivery.line is None or not delivery.what.acknowledged or place is None:
            continue
        before = newest.get(delivery.line)
        if before is not None and place[1] < before[1]:
            ids = before[0].contact_id, delivery.contact_id
            where = (f"pool/{place[0]}@{before[1]}", f"pool/{place[0]}@{place[1]}")
            yield Finding(Kind.OUT_OF_ORDER, "sent after the first was answered, and before it in the log", ids, where)
        else:
            newest[delivery.line] = delivery, place[1]
