from __future__ import annotations

from dataclasses import replace

import pytest

from router.model import dead_letters, retries
from router.model.events import ContactScored, DeadLetter
from router.stages.contract import Entries, Record, Undecodable
from router.stages.intake import Intake
from scoring.model import Severity, Skill
from tests.router.stages.situations import NOON, Table, assessed, came, policy_applied, received, record

INTAKE = Intake(lambda _: "petcare", {"petcare": 0}, assess=lambda _: assessed(Severity.S2, Skill.LOST_PET))


def retried(refused: Record, stage: str, *, offset: int) -> Record:
    """The record as it comes once more, at `offset` of wherever its stage reads it."""
    why = DeadLetter(
        stage=stage,
        reason="raised KeyError at step:1",
        topic=refused.topic,
        partition=refused.partition,
        offset=refused.offset,
        at=NOON,
    )
    letter = dead_letters.message(why, refused.key, refused.value, refused.headers)
    name = dead_letters.Place(letter.topic, 0, 3)
    again = retries.retry(why, name, letter.key, letter.value, letter.headers)
    assert again is not None
    partition = again.partition or 0
    return Record(again.topic, partition, offset, again.key, again.value, again.headers, refused.timestamp)


def test_intake_makes_of_a_resubmitted_contact_what_it_would_have_made_at_first() -> None:
    first = received("SM1")
    (now,) = INTAKE.step(Entries({}), first).outcomes
    (later,) = INTAKE.step(Entries({}), retried(first, "intake", offset=0)).outcomes
    assert later == now
    assert isinstance(later.value, ContactScored)
    assert later.value.inbound.offset == first.offset


def test_a_pool_takes_a_resubmitted_contact_where_it_now_stands_and_only_once() -> None:
    table = Table()
    table.take(policy_applied())
    refused = record(came("sms", "ann", Severity.S1, Skill.EMERGENCY_VET), 5, NOON)
    table.take_record(retried(refused, "pool", offset=8))
    (ref,) = table.incident("sms").contacts
    assert ref.offset == 8
    again = table.take_record(retried(refused, "pool", offset=9))
    assert again.outcomes == ()


@pytest.mark.parametrize("name", ["dlq_offset", "dlq_reason"])
def test_a_letter_without_its_place_is_taken_where_it_stands(name: str) -> None:
    whole = retried(received("SM1"), "intake", offset=4)
    cut = replace(whole, headers=tuple(pair for pair in whole.headers if pair[0] != name))
    (made,) = INTAKE.step(Entries({}), cut).outcomes
    assert isinstance(made.value, ContactScored)
    assert (made.value.inbound.topic, made.value.inbound.offset) == ("intake.retry", 4)


def test_what_was_no_event_before_is_none_now() -> None:
    whole = retried(replace(received("SM1"), value=b"{}"), "intake", offset=4)
    with pytest.raises(Undecodable, match="malformed"):
        INTAKE.step(Entries({}), whole)
