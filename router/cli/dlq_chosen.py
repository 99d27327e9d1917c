"""Which dead letters a command is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.errors import Problem
from router.model.dead_letters import Place, topic_of
from router.model.letters import Letter, State
from router.model.retries import TOPICS
from router.policy.duration import duration

_SHORT = re.compile(r"([a-z]+)/([0-9]{1,18})", re.ASCII)


class BadChoice(Problem):
    """The options choose no dead letters."""


@dataclass(frozen=True)
class Wanted:
    """names: these and no others; else what the rest says, None for whatever."""

    names: tuple[Place, ...] = ()
    stage: str | None = None
    reason: str | None = None
    since: timedelta | None = None

    @classmethod
    def read(cls, stage: str | None, reason: str | None, since: str | None) -> Wanted:
        """Raises BadChoice."""
        return cls((), stage and known_stage(stage), reason, _since(since))

    @classmethod
    def named(cls, names: Sequence[str] | None, stage: str | None, reason: str | None, since: str | None) -> Wanted:
        """For what changes something: never all letters for want of an option. Raises BadChoice."""
        if names and (stage or reason or since):
            raise BadChoice("name letters, or choose them by --stage, --reason and --since; not both.")
        if not (names or stage or reason or since):
            raise BadChoice("name letters (`router dlq list` shows them), or choose by --stage, --reason or --since.")
        return cls(tuple(read_name(name) for name in names)) if names else cls.read(stage, reason, since)

    def of(self, letters: Iterable[Letter], now: datetime, *, settled: bool) -> list[Letter]:
        """Those of `letters` that are meant, in their order. settled: also what somebody has seen to."""
        return [letter for letter in letters if self._fits(letter, now, settled=settled)]

    def _fits(self, letter: Letter, now: datetime, *, settled: bool) -> bool:
        if self.names:
            return letter.name in self.names
        return (
            (settled or letter.state is State.OPEN)
            and self.stage in (None, letter.why.stage)
            and (self.reason is None or self.reason.lower() in letter.why.reason.lower())
            and (self.since is None or now - letter.at <= self.since)
        )


def read_name(text: str) -> Place:
    """`intake.dlq/0/5`, or `intake/5`: a dead-letter topic has one partition. Raises BadChoice."""
    short = _SHORT.fullmatch(text)
    place = Place(topic_of(short[1]), 0, int(short[2])) if short else Place.read(text)
    if place is None or place.topic.removesuffix(".dlq") not in TOPICS or not place.topic.endswith(".dlq"):
        raise BadChoice(f"{text[:100]!r} names no dead letter; expected something like intake.dlq/0/5.")
    return place


def known_stage(text: str) -> str:
    """Raises BadChoice."""
    if text not in TOPICS:
        raise BadChoice(f"there is no stage {text[:100]!r}; expected {', '.join(TOPICS)}.")
    return text


def _since(text: str | None) -> timedelta | None:
    try:
        return None if text is None else duration(text)
    except ValueError as error:
        raise BadChoice(f"--since: {error}.") from None
