from __future__ import annotations

import pytest

from router.model.cloudevents import Attributes, Message, message
from router.model.dead_letters import Place
from router.model.dead_letters import message as dead_letter
from router.model.events import DeadLetter, LetterSettled, StageResumed
from router.model.letters import ACTIONS
from router.runtime.cap import Cap, TooManyDeadLetters
from router.runtime.ports import Slot
from router.stages.contract import Record
from tests.router.runtime.memory_log import START

SOURCE = Slot("inbound.sms", 2)


def refused(offset: int, tries: int = 1) -> DeadLetter:
    return DeadLetter(
        stage="intake", reason="malformed", topic=SOURCE.topic, partition=2, offset=offset, at=START, tries=tries
    )


def on_topic(said: Message, offset: int) -> Record:
    return Record(said.topic, 0, offset, said.key, said.value, said.headers, START)


def cap_with(*letters: DeadLetter) -> Cap:
    cap = Cap("intake", most=10, window=100)
    for offset, letter in enumerate(letters):
        cap.fold(on_topic(dead_letter(letter, b"k", b"v", ()), offset))
    return cap


def settled(offset: int, topic: str = "intake.dlq") -> Record:
    name = str(Place(topic, 0, offset))
    value = LetterSettled(letter=name, stage="intake", by="ann", why="seen", at=START)
    facts = Attributes("id", "letter.dropped", "/dlq", name, START)
    return on_topic(message(ACTIONS, name, value, facts), 0)


def resumed(after: int, allowed: int, stage: str = "intake") -> Record:
    value = StageResumed(stage=stage, after=after, allowed=allowed, by="ann", why="seen", at=START)
    return on_topic(message(ACTIONS, stage, value, Attributes("id", "stage.resumed", "/dlq", stage, START)), 0)


def test_bad_input_now_and_then_never_stops_a_stage() -> None:
    cap = cap_with(*(refused(offset) for offset in range(0, 20_000, 20)))
    cap.check({SOURCE: 20_000}, [refused(20_001)])


def test_a_cap_begins_with_what_the_topic_holds_and_says_why_it_stops_and_what_to_do() -> None:
    cap = cap_with(*map(refused, range(10)))
    with pytest.raises(
        TooManyDeadLetters, match=r"intake refuses.*malformed \(1 of 1 now, 10 before.*dlq resume intake"
    ):
        cap.check({SOURCE: 10}, [refused(11)])
    cap_with(*map(refused, range(9))).check({SOURCE: 10}, [refused(11)])


def test_one_batch_of_too_many_is_enough() -> None:
    with pytest.raises(TooManyDeadLetters, match=r"11 of 11 now, 0 before"):
        cap_with().check({}, [refused(offset) for offset in range(11)])


def test_what_the_partition_has_left_behind_is_forgotten() -> None:
    cap = cap_with(*map(refused, range(10)))
    with pytest.raises(TooManyDeadLetters):
        cap.check({SOURCE: 100}, [refused(100)])
    cap.check({SOURCE: 110}, [refused(110)])


def test_a_letter_that_somebody_has_settled_does_not_count_whichever_was_read_first() -> None:
    before = Cap("intake", most=10, window=100)
    before.fold(settled(3))
    for offset, letter in enumerate(map(refused, range(10))):
        before.fold(on_topic(dead_letter(letter, b"k", b"v", ()), offset))
    after = cap_with(*map(refused, range(10)))
    after.fold(settled(3))
    other = cap_with(*map(refused, range(10)))
    other.fold(settled(3, "pool.dlq"))
    before.check({SOURCE: 10}, [refused(10)])
    after.check({SOURCE: 10}, [refused(10)])
    with pytest.raises(TooManyDeadLetters):
        other.check({SOURCE: 10}, [refused(10)])


def test_a_stage_that_was_resumed_begins_anew_and_may_refuse_so_many_more() -> None:
    cap = cap_with(*map(refused, range(10)))
    cap.fold(resumed(10, 30))
    cap.check({SOURCE: 10}, [refused(offset) for offset in range(40)])
    with pytest.raises(TooManyDeadLetters):
        cap.check({SOURCE: 10}, [refused(offset) for offset in range(41)])
    other = cap_with(*map(refused, range(10)))
    other.fold(resumed(10, 30, "pool"))
    with pytest.raises(TooManyDeadLetters):
        other.check({SOURCE: 10}, [refused(10)])


def test_what_fails_again_after_it_was_resubmitted_stops_nothing() -> None:
    cap = cap_with(*(refused(offset, tries=2) for offset in range(50)))
    cap.check({SOURCE: 50}, [*(refused(offset, tries=3) for offset in range(50)), refused(50)])


def test_what_is_no_letter_and_no_action_counts_for_nothing() -> None:
    cap = Cap("intake", most=0)
    cap.fold(Record("intake.dlq", 0, 0, b"k", b"v", (("dlq_stage", b"intake"),), START))
    cap.fold(Record(ACTIONS, 0, 0, b"k", b"{}", (("ce_type", b"letter.dropped"),), START))
    cap.fold(Record(ACTIONS, 0, 0, b"k", b"{}", (), START))
    cap.check({}, [])
