"""The checker: what a ledger says was sent and answered, and all records of the topics, in; findings out. Pure.

It reads only what anybody can read. Call it once everything has settled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from router.stages.contract import Record, Stage
from tests.checker.capacity import over_capacity
from tests.checker.doubled import doubled
from tests.checker.facts import Facts
from tests.checker.findings import Finding
from tests.checker.ledger import Ledger
from tests.checker.lost import lost
from tests.checker.order import out_of_order
from tests.checker.overtaken import overtaken
from tests.checker.owners import two_owners
from tests.checker.stuck import stuck
from tests.checker.truth import untrue
from tests.checker.went_back import went_back


def check(ledger: Ledger, records: Iterable[Record], pool: Callable[[], Stage] | None = None) -> list[Finding]:
    """records: of inbound.*, pool, pool.changelog, queue.*, desk and *.dlq, and where letters were resubmitted
    of dlq.actions and intake.retry, each partition's in order.

    pool: makes a pool, where its log may be read again for comparison (tests.checker.truth).
    """
    facts = Facts(list(records))
    return [
        *lost(ledger, facts),
        *doubled(facts),
        *two_owners(ledger, facts),
        *over_capacity(facts),
        *went_back(facts),
        *out_of_order(facts),
        *overtaken(ledger, facts),
        *stuck(facts),
        *(() if pool is None else untrue(facts, pool)),
    ]
