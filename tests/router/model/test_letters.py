from __future__ import annotations

from router.model.cloudevents import Attributes, Message, message
from router.model.dead_letters import Place
from router.model.dead_letters import message as dead_letter
from router.model.events import DeadLetter, LetterSettled
from router.model.letters import ACTIONS, Letters, State
from tests.router.runtime.memory_log import START

NAME = Place("intake.dlq", 0, 5)
WHY = DeadLetter(stage="intake", reason="malformed", topic="inbound.sms", partition=0, offset=1, at=START)
SAID = dead_letter(WHY, b"k", b"v", (("ce_type", b"contact.received"), ("raw_size", b"900")))


def action(kind: str, name: str = str(NAME), by: str = "ann") -> Message:
    value = LetterSettled(letter=name, stage="intake", by=by, why="seen", at=START)
    return message(ACTIONS, name, value, Attributes("id", kind, "/dlq", name, START))


def test_a_letter_is_open_until_somebody_settles_it_and_the_last_word_counts() -> None:
    letters = Letters()
    letters.letter(NAME, START, SAID.headers, 1)
    (letter,) = letters.all()
    assert (letter.state, letter.type, letter.size) == (State.OPEN, "contact.received", 900)
    assert letters.open() == {("intake", "malformed"): 1}
    for kind in ("letter.dropped", "letter.resubmitted"):
        said = action(kind)
        letters.action(said.headers, said.value)
    (letter,) = letters.all()
    assert letter.state is State.RESUBMITTED
    assert letter.settled is not None
    assert letters.open() == {}


def test_what_became_of_it_may_be_read_before_the_letter_itself() -> None:
    letters = Letters()
    said = action("letter.dropped")
    letters.action(said.headers, said.value)
    letters.letter(NAME, START, SAID.headers, 1)
    found = letters.get(NAME)
    assert found is not None
    assert found.state is State.DROPPED


def test_what_cannot_be_read_is_a_letter_all_the_same_and_no_action() -> None:
    letters = Letters()
    letters.letter(NAME, START, (), 3)
    letters.action((("ce_type", b"letter.dropped"),), b"{}")
    letters.action((), None)
    odd = action("letter.dropped", "nowhere")
    letters.action(odd.headers, odd.value)
    (letter,) = letters.all()
    assert (letter.why.stage, letter.why.reason, letter.state) == ("intake", "unknown", State.OPEN)
