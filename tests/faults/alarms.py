"""What the watchdog still says in the end of incidents and contacts: once all has settled, none of it may be so."""

from __future__ import annotations

from collections.abc import Iterable

from router.model.alerts import AlertKind, AlertRaised
from router.stages.contract import Record
from router.watchdog.messages import TOPIC, heard

OF_PROMISES = frozenset({AlertKind.CONTACT_LOST, AlertKind.TWO_QUEUES})
"""What the checker looks for, too. The others tell of agents who have gone home, or of what has just happened."""


def standing(records: Iterable[Record]) -> list[str]:
    """Alerts of a broken promise that nobody has taken back: kind, subject and examples."""
    last: dict[bytes | None, Record] = {}
    for record in records:
        if record.topic == TOPIC:
            last[record.key] = record
    told = [heard(record) for record in last.values()]
    return [
        f"{each.kind}: {each.subject} {' '.join(each.examples)}".strip()
        for each in told
        if isinstance(each, AlertRaised) and each.kind in OF_PROMISES
    ]
