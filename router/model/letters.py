"""Every dead letter and what became of it: a fold over the dead-letter topics and `dlq.actions`. Pure.

Payloads aren't kept: they may be large, and hold what only `--reveal` shows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import ValidationError

from router.model import dead_letters
from router.model.catalogue import SETTLED
from router.model.cloudevents import Headers
from router.model.dead_letters import Place
from router.model.events import DeadLetter, LetterSettled

ACTIONS = "dlq.actions"
UNKNOWN = "unknown"


class State(StrEnum):
    OPEN = "open"
    RESUBMITTED = "resubmitted"
    DROPPED = "dropped"


_STATES = {"letter.resubmitted": State.RESUBMITTED, "letter.dropped": State.DROPPED}


@dataclass(frozen=True)
class Letter:
    """at: when it was put there. type: of the event, None where it has none. size: bytes of the payload.

    settled: who did what about it last, None while it is open.
    """

    name: Place
    why: DeadLetter
    at: datetime
    type: str | None
    size: int
    state: State = State.OPEN
    settled: LetterSettled | None = None


class Letters:
    """Feed it each record of both kinds of topics, in any order between topics."""

    def __init__(self) -> None:
        self._letters: dict[Place, Letter] = {}
        self._settled: dict[Place, tuple[State, LetterSettled]] = {}

    def letter(self, name: Place, at: datetime, headers: Headers, size: int) -> None:
        """A record of a dead-letter topic. size: of its value."""
        told = {header: value.decode("utf-8", "replace") for header, value in headers}
        raw = told.get("raw_size", "")
        self._letters[name] = Letter(
            name, _why(name, at, headers), at, told.get("ce_type"), int(raw) if raw.isdecimal() else size
        )

    def action(self, headers: Headers, value: bytes | None) -> None:
        """A record of `dlq.actions`. What can't be read says nothing."""
        kind = dict(headers).get("ce_type", b"").decode("utf-8", "replace")
        state = _STATES.get(kind)
        try:
            action = None if state is None else SETTLED[kind].model_validate_json(value or b"")
        except ValidationError:
            return
        if state is not None and isinstance(action, LetterSettled) and (name := Place.read(action.letter)):
            self._settled[name] = state, action

    def all(self) -> list[Letter]:
        """Oldest first."""
        found = [self._now(letter) for letter in self._letters.values()]
        return sorted(found, key=lambda letter: (letter.at, letter.name))

    def get(self, name: Place) -> Letter | None:
        letter = self._letters.get(name)
        return None if letter is None else self._now(letter)

    def open(self) -> Counter[tuple[str, str]]:
        """How many are open, by stage and reason."""
        return Counter((each.why.stage, each.why.reason) for each in self.all() if each.state is State.OPEN)

    def _now(self, letter: Letter) -> Letter:
        if letter.name not in self._settled:
            return letter
        state, settled = self._settled[letter.name]
        return Letter(letter.name, letter.why, letter.at, letter.type, letter.size, state, settled)


def _why(name: Place, at: datetime, headers: Headers) -> DeadLetter:
    try:
        return dead_letters.letter_of(headers)
    except ValidationError:
        stage = name.topic.removesuffix(dead_letters.TOPIC_END)
        return DeadLetter(stage=stage, reason=UNKNOWN, topic=UNKNOWN, at=at)
