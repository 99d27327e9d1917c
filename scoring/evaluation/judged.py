"""One labelled row and what we said of it: what every figure is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.evaluation.rows import Row
from scoring.model import Assessment, Severity, Skill

LEVELS = tuple(Severity)


@dataclass(frozen=True)
class Judged:
    """given: the labels; None where the row has none. got: ours. probabilities: of S1 to S4, or ()."""

    id: str
    given: Severity
    got: Severity
    given_skill: Skill | None = None
    got_skill: Skill = Skill.GENERAL
    given_language: str | None = None
    got_languages: tuple[str, ...] = ()
    channel: str | None = None
    probabilities: tuple[float, ...] = ()
    text: str = ""

    @classmethod
    def of(cls, row: Row, assessment: Assessment) -> Judged:
        """`row` must say its severity."""
        if row.severity is None:
            raise ValueError("the row has no label")
        return cls(
            id=row.id,
            given=row.severity,
            got=assessment.severity,
            given_skill=row.skill,
            got_skill=assessment.skill,
            given_language=row.lang,
            got_languages=assessment.languages,
            channel=row.channel,
            probabilities=assessment.probabilities,
            text=row.text or row.subject or "",
        )

    @property
    def right(self) -> bool:
        return self.given is self.got

    @property
    def confidence(self) -> float | None:
        """The probability of the level that we gave; None where there is none."""
        return self.probabilities[LEVELS.index(self.got)] if self.probabilities else None

    @property
    def skill_right(self) -> bool | None:
        return None if self.given_skill is None else self.given_skill is self.got_skill

    @property
    def language_right(self) -> bool | None:
        """The likeliest language is the label's."""
        return None if self.given_language is None else self.got_languages[:1] == (self.given_language,)


def share(answers: Iterable[bool | None]) -> float | None:
    """The share of True among those that are answers; None where there are none."""
    known = [answer for answer in answers if answer is not None]
    return sum(known) / len(known) if known else None
