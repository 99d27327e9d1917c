"""Each finding is found, and a run without faults has none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from router.model.cloudevents import Message
from router.runtime.changelog import entry_messages, fence_message
from router.runtime.outcomes import encode
from router.runtime.ports import Slot
from router.stages.contract import Record
from router.stages.pool import Pool
from tests.checker.check import check
from tests.checker.findings import Kind
from tests.checker.ledger import Asked, Ledger, Sent
from tests.router.stages.situations import (
    NOON,
    SEVERAL,
    Table,
    came,
    claims,
    contact_id,
    incident_id,
    policy_applied,
    presence,
    received,
    resolves,
)

Records = list[Record]


def told(table: Table, epoch: int = 1) -> Records:
    """All topics of a pool at work."""
    found = list(table.log)
    ends: dict[str, int] = {}
    for outcome in table.told:
        message = encode("pool", outcome, epoch)
        offset = ends[message.topic] = ends.get(message.topic, -1) + 1
        found.append(Record(message.topic, 0, offset, message.key, message.value, message.headers, NOON))
    return found


def at_work() -> tuple[Ledger, Records]:
    """Ann's and Ben's contacts, one claimed by Maria and resolved, one claimed by Noah."""
    table = Table()
    table.take_all(
        policy_applied(),
        presence("maria", skills=SEVERAL, capacity=1),
        presence("noah", skills=SEVERAL, capacity=2),
        came("c0", "ann"),
        came("c1", "ben"),
        claims("maria", "c0", command="m1"),
        claims("noah", "c1", command="m2"),
        resolves("maria", "c0", command="m3"),
    )
    sent = [Sent("test", name, name, True) for name in ("c0", "c1")]
    inbound = [received(name, offset=offset, topic="inbound.sms") for offset, name in enumerate(("c0", "c1"))]
    ledger = Ledger(sent, [Asked("m1", "maria", 200, incident_id("c0")), Asked("m9", "noah", None, incident_id("c1"))])
    return ledger, [*inbound, *told(table)]


def kinds(ledger: Ledger, records: Records) -> set[Kind]:
    return {finding.kind for finding in check(ledger, records)}


def test_where_nothing_went_wrong_there_is_nothing_to_find() -> None:
    ledger, records = at_work()
    assert check(ledger, records) == []


def test_acknowledged_and_nowhere_is_lost() -> None:
    ledger, records = at_work()
    ledger.sent += [Sent("test", "c7", "c7", True), Sent("test", "c8", "c8", False)]
    (finding,) = check(ledger, records)
    assert (finding.kind, finding.ids) == (Kind.LOST, ("test:c7", contact_id("c7")))


def test_what_was_dead_lettered_is_not_lost() -> None:
    ledger, records = at_work()
    ledger.sent.append(Sent("test", "c7", "c7", True))
    records.append(replace(received("c7"), topic="intake.dlq"))
    assert check(ledger, records) == []


def test_what_was_dead_lettered_and_resubmitted_has_to_arrive() -> None:
    ledger, records = at_work()
    ledger.sent.append(Sent("test", "c7", "c7", True))
    records.append(replace(received("c7"), topic="intake.dlq", partition=0, offset=4))
    trace = (("ce_type", b"letter.resubmitted"), ("ce_subject", b"intake.dlq/0/4"))
    records.append(replace(received("c7"), topic="dlq.actions", headers=trace))
    assert kinds(ledger, records) == {Kind.LOST}
    records.append(replace(received("c7"), topic="intake.dlq", partition=0, offset=5))
    assert check(ledger, records) == []


def test_what_was_acknowledged_before_the_next_was_sent_stands_before_it() -> None:
    ledger, records = at_work()
    first, second = (received(name, offset=offset, topic="inbound.sms") for offset, name in ((3, "c8"), (2, "c9")))
    records += [first, replace(second, key=first.key)]
    times = {"c8": (0.0, 1.0), "c9": (0.5, 2.0)}
    ledger.sent += [Sent("test", name, name, False, *at) for name, at in times.items()]
    assert kinds(ledger, records) == set()
    ledger.sent[-2:] = [Sent("test", "c8", "c8", True, 0.0, 1.0), Sent("test", "c9", "c9", False, 1.5, 2.0)]
    assert Kind.OUT_OF_ORDER in kinds(ledger, records)


def changed(records: Records, kind: str, key: str, **fields: Any) -> int:
    """Changes fields of the last record of that type and key; where it stands in `records`."""
    at = max(at for at, each in enumerate(records) if each.header("ce_type") == kind and each.key == key.encode())
    value = json.loads(records[at].value or b"{}") | fields
    records[at] = replace(records[at], value=json.dumps(value).encode())
    return at


def appended(records: Records, copied: Record, **fields: Any) -> None:
    """The record once more, with some fields of its value changed, at its topic's end."""
    value = json.loads(copied.value or b"{}") | fields
    end = 1 + max(each.offset for each in records if each.topic == copied.topic)
    records.append(replace(copied, offset=end, value=json.dumps(value).encode()))


def of_type(records: Records, kind: str, key: str) -> Record:
    return next(each for each in records if each.header("ce_type") == kind and each.key == key.encode())


def test_a_contact_in_two_incidents_is_doubled() -> None:
    ledger, records = at_work()
    opened = of_type(records, "incident.opened", incident_id("c1"))
    appended(records, replace(opened, key=b"i_petcare_other"), incident_id="i_petcare_other")
    assert Kind.DOUBLED in kinds(ledger, records)


def test_a_providers_id_in_two_contacts_is_doubled() -> None:
    ledger, records = at_work()
    appended(records, next(each for each in records if each.topic == "inbound.sms"), contact_id="c_other")
    assert kinds(ledger, records) == {Kind.DOUBLED}


def test_two_owners_at_one_revision_are_found_with_both_places() -> None:
    ledger, records = at_work()
    claimed = of_type(records, "incident.claimed", incident_id("c0"))
    appended(records, claimed, owner="noah")
    found = [each for each in check(ledger, records) if each.kind is Kind.TWO_OWNERS]
    assert found[0].ids == (incident_id("c0"), "maria", "noah")
    assert found[0].positions == ("queue.general/0@2", f"queue.general/0@{records[-1].offset}")


def test_an_answer_that_no_record_bears_out_is_found() -> None:
    ledger, records = at_work()
    ledger.asked.append(Asked("m2", "noah", 409, incident_id("c1")))
    assert kinds(ledger, records) == {Kind.TWO_OWNERS}


def test_who_comes_to_hold_more_than_they_may_is_found_and_who_lowers_it_is_not() -> None:
    ledger, records = at_work()
    changed(records, "agent.changed", "noah", capacity=0)
    assert kinds(ledger, records) == {Kind.OVER_CAPACITY}
    ledger, records = at_work()
    revision = (("ce_revision", b"90"),)
    last = [each for each in records if each.header("ce_type") == "agent.changed" and each.key == b"noah"][-1]
    headers = tuple(pair for pair in last.headers if pair[0] != "ce_revision") + revision
    appended(records, replace(last, headers=headers), capacity=0, revision=90)
    assert check(ledger, records) == []


def test_a_stale_record_that_covers_its_keys_truth_is_found() -> None:
    ledger, records = at_work()
    opened = of_type(records, "incident.opened", incident_id("c1"))
    appended(records, opened, evidence=[])
    assert kinds(ledger, records) == {Kind.WENT_BACK}


def kept(messages: list[Message]) -> Records:
    return [
        Record(each.topic, 0, offset, each.key, each.value, each.headers, NOON) for offset, each in enumerate(messages)
    ]


def test_a_place_that_goes_back_is_found_and_a_stale_workers_is_ignored() -> None:
    slot = Slot("pool.changelog", 0)
    fences = [fence_message(slot, epoch, f"w{epoch}", NOON) for epoch in (1, 2)]
    stale = kept([fences[0], *entry_messages(slot, 1, {}, 5), fences[1], *entry_messages(slot, 1, {}, 3)])
    assert check(Ledger(), stale) == []
    back = kept([fences[0], *entry_messages(slot, 1, {}, 5), fences[1], *entry_messages(slot, 2, {}, 3)])
    assert kinds(Ledger(), back) == {Kind.WENT_BACK}
    unfenced = kept([fences[0], *entry_messages(slot, 2, {}, 5)])
    assert kinds(Ledger(), unfenced) == {Kind.WENT_BACK}


def test_what_one_person_sent_second_must_not_come_first() -> None:
    ledger, records = at_work()
    first, second = (each for each in records if each.header("ce_type") == "contact.scored")
    swapped = [each for each in records if each not in (first, second)]
    swapped += [replace(second, offset=first.offset), replace(first, offset=second.offset)]
    assert kinds(ledger, swapped) == {Kind.OUT_OF_ORDER}


def test_an_incident_whose_owner_doesnt_know_of_it_is_stuck() -> None:
    ledger, records = at_work()
    changed(records, "agent.changed", "noah", incidents=[])
    assert kinds(ledger, records) == {Kind.STUCK}


def test_with_the_whole_log_it_is_found_what_was_never_told_and_what_is_told_otherwise() -> None:
    ledger, records = at_work()
    assert check(ledger, records, Pool) == []
    silent = [each for each in records if each.header("ce_id") != "m3:result"]
    assert {finding.kind for finding in check(ledger, silent, Pool)} == {Kind.UNTOLD}
    changed(records, "incident.claimed", incident_id("c1"), severity="S1")
    assert {finding.kind for finding in check(ledger, records, Pool)} == {Kind.UNTRUE}
