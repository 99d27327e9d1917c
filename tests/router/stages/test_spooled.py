"""Contacts that lay in a gateway's spool: through intake and the pool to the queue, at the time that they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from router.model.cloudevents import SPOOLED
from router.model.events import QueueEvent
from router.runtime.outcomes import encode
from router.stages.contract import Entries, Record
from router.stages.intake import Intake
from scoring.model import Severity, Skill
from tests.router.stages.situations import NOON, Table, assessed, contact_id, received

INTAKE = Intake(lambda _: "petcare", {"petcare": 0}, assess=lambda _: assessed(Severity.S2, Skill.LOST_PET))
THREE_DAYS = timedelta(days=3)


def scored(inbound: Record, offset: int, at: datetime) -> Record:
    """The record that intake writes of it, appended then."""
    (outcome,) = INTAKE.step(Entries({}), inbound).outcomes
    made = encode("intake", outcome, None)
    return Record(made.topic, 0, offset, made.key, made.value, made.headers, at)


def spooled(name: str) -> Record:
    """Received at noon, spooled a second later."""
    inbound = received(name)
    mark = (SPOOLED, str(int((NOON.timestamp() + 1) * 1000)).encode())
    return replace(inbound, headers=(*inbound.headers, mark))


def on_queues(table: Table) -> list[QueueEvent]:
    return [told.value for told in table.told if isinstance(told.value, QueueEvent)]


def test_who_wrote_while_the_broker_was_away_for_days_waits_since_they_wrote() -> None:
    table = Table()
    table.take_record(scored(spooled("SM1"), 1, NOON + THREE_DAYS))
    (event,) = on_queues(table)
    assert (event.contact_ids, event.waiting_since) == ((contact_id("SM1"),), NOON)


def test_without_the_mark_a_time_of_days_ago_isnt_believed() -> None:
    table = Table()
    table.take_record(scored(received("SM1"), 1, NOON + THREE_DAYS))
    assert on_queues(table)[0].waiting_since == NOON + THREE_DAYS


def test_the_twin_of_a_send_that_was_given_up_is_dropped_whichever_comes_first() -> None:
    for twins in ((received("SM1"), spooled("SM1")), (spooled("SM1"), received("SM1"))):
        table = Table()
        for offset, each in enumerate(twins, 1):
            table.take_record(scored(each, offset, NOON + timedelta(seconds=20 * offset)))
        (event,) = on_queues(table)
        assert (event.contact_ids, event.waiting_since) == ((contact_id("SM1"),), NOON)
