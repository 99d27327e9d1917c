from datetime import timedelta

import pytest

from router.stages.retention import AT_ONCE
from router.stages.state import Seen
from scoring.model import Skill
from tests.router.stages.situations import (
    S2,
    Table,
    answer,
    came,
    claims,
    contact_id,
    incident_id,
    on_queues,
    person,
    presence,
    resolves,
)

DAY = timedelta(days=1)


@pytest.fixture
def table() -> Table:
    """Ann's incident was resolved a second ago."""
    table = Table()
    table.take_all(came("sms", "ann", S2, Skill.LOST_PET), presence("maria"), claims("maria", "sms"))
    table.take(resolves("maria", "sms"))
    return table


def test_a_resolved_incident_leaves_its_queues_topic_after_ninety_days(table: Table) -> None:
    assert on_queues(table.take(came("one", "ben"), after=90 * DAY - timedelta(seconds=1)))[1:] == []
    step = table.take(came("two", "ben"), after=timedelta(seconds=1))
    assert on_queues(step)[-1] == ("queue.lost-pet", "incident.resolved", None)
    tombstone = step.outcomes[-1]
    assert (tombstone.key, tombstone.revision) == (incident_id("sms"), 3)
    assert not table.has(f"incident/{incident_id('sms')}")


def test_an_open_incident_and_its_person_stay_however_long_it_takes(table: Table) -> None:
    table.take(came("open", "ben"))
    table.take(came("later", "cleo"), after=399 * DAY)
    assert table.incident("open").state.open
    assert table.has(f"person/{person('ben')}")


def test_a_person_without_an_open_incident_is_forgotten(table: Table) -> None:
    assert table.has(f"person/{person('ann')}")
    table.take(came("later", "cleo"), after=91 * DAY)
    assert not table.has(f"person/{person('ann')}")
    assert not table.has(f"contact/{contact_id('sms')}")


def test_what_has_expired_counts_as_absent_before_it_is_removed(table: Table) -> None:
    for number in range(3 * AT_ONCE):
        table.take(came(f"sms{number}", f"person{number}"))
    table.take(came("later", "cleo"), after=91 * DAY)
    assert sum(isinstance(each, Seen) for each in table.store.values()) > 1
    assert answer(table.take(claims("maria", "sms", command="late"))) == (404, "unknown", None)


def test_each_event_removes_a_few_so_that_none_is_slow(table: Table) -> None:
    for number in range(3 * AT_ONCE):
        table.take(came(f"sms{number}", f"person{number}"))
    before = table.snapshot()
    step = table.take(came("later", "cleo"), after=91 * DAY)
    gone = [key for key, entry in step.entries.changes.items() if entry is None]
    assert len(gone) == AT_ONCE
    assert set(gone) <= before.keys()


def test_all_that_expires_is_gone_after_a_while(table: Table) -> None:
    for number in range(60):
        table.take(came(f"later{number}", "cleo"), after=91 * DAY if number == 0 else timedelta(seconds=1))
    assert [key for key, entry in table.store.items() if entry.expires_at and entry.expires_at <= table.now] == []
