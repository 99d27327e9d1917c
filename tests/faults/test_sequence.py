from __future__ import annotations

from datetime import UTC, datetime

from router.stages.contract import Record
from tests.checker.findings import Kind
from tests.checker.ledger import Sent
from tests.faults.book import Delivery
from tests.faults.sequence import out_of_sequence

AT = datetime(2026, 11, 22, tzinfo=UTC)


def delivery(name: str, number: int, line: str | None = "sms +12065550142") -> Delivery:
    return Delivery(Sent("twilio", name, name, True), f"c_{name}", line, number, 1.0, 2.0)


def scored(offset: int, name: str) -> Record:
    headers = (("ce_type", b"contact.scored"), ("ce_id", f"twilio:{name}".encode()))
    return Record("pool", 0, offset, None, b"", headers, AT)


def test_what_was_sent_after_an_answer_must_stand_behind_what_was_answered() -> None:
    sent = [delivery("first", 0), delivery("second", 1)]
    assert not list(out_of_sequence(sent, [scored(1, "first"), scored(2, "second")]))
    (found,) = out_of_sequence(sent, [scored(1, "second"), scored(2, "first")])
    assert (found.kind, found.ids) == (Kind.OUT_OF_ORDER, ("c_first", "c_second"))


def test_a_twin_changes_no_order_and_other_people_have_their_own() -> None:
    sent = [
        delivery("first", 0),
        delivery("second", 1),
        delivery("else", 0, "sms +12065550199"),
        delivery("call", 2, None),
    ]
    log = [scored(1, "call"), scored(2, "first"), scored(3, "second"), scored(4, "first"), scored(5, "else")]
    assert not list(out_of_sequence(sent, log))
