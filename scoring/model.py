"""The words of scoring: how severe, which skill, in which languages, and the evidence for it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from channels.contact import Frozen


class Severity(StrEnum):
    """S1 is the most urgent. Sorts by urgency: min() of several is the worst."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class Skill(StrEnum):
    """The eleven primary skills, in the order of the rubric's tie-break."""

    THREAT_SAFETY = "threat-safety"
    INJURY_PERSON = "injury-person"
    EMERGENCY_VET = "emergency-vet"
    LOST_PET = "lost-pet"
    ABUSE_NEGLECT = "abuse-neglect"
    THIRD_PARTY = "third-party"
    BOOKING = "booking"
    FRAUD_PAYMENTS = "fraud-payments"
    CLAIMS = "claims"
    CONDUCT = "conduct"
    GENERAL = "general"


TIE_BREAK: tuple[Skill, ...] = tuple(Skill)


def primary_of(skills: tuple[Skill, ...]) -> Skill:
    """The first of `skills` in the rubric's order; general if there is none."""
    return min(skills, key=TIE_BREAK.index, default=Skill.GENERAL)


class Effect(StrEnum):
    """What a piece of evidence spoke for: RAISES a level, or LOWERS what another rule would have said."""

    RAISES = "raises"
    LOWERS = "lowers"


MODEL = "model."
"""What the names of the trained model's evidence begin with; all else is by rules."""


class Evidence(Frozen):
    """One rule that spoke, and where: characters [start, end) of the contact's `field`. Carries no text.

    field is "text" or "subject"; an event without words (a call) has the empty span of "text".
    scope: for LOWERS, which scope spoke (negation, resolution, past, hypothesis, figure, quoted).
    contact_id: whose words these are; None within an assessment, set once they stand in an incident.
    """

    rule: str
    field: str = "text"
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    effect: Effect = Effect.RAISES
    severity: Severity | None = None
    skill: Skill | None = None
    scope: str | None = None
    contact_id: str | None = None


class Assessment(Frozen):
    """How severe one contact is by itself.

    floor: True where a rule fired S1: no model, context or default lowers it below S2 without a person.
    resolves: the contact says that it is over ("found her, all good").
    skills: every one that fits, the primary first. languages: ISO 639-1, empty where it can't be told.
    probabilities: calibrated, of S1 to S4 in this order, together 1; empty where there were no words to judge.
    version: of rules and model, so that a replay knows what spoke.
    """

    severity: Severity
    probabilities: tuple[float, ...] = ()
    skill: Skill
    skills: tuple[Skill, ...]
    languages: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    floor: bool = False
    resolves: bool = False
    wordless: bool = False
    version: str


class Context(Frozen):
    """Plain values about an open incident, or about a person without one (all defaults).

    severity: of the incident before this contact. floor: a rule made it S1 at some time.
    """

    open: bool = False
    severity: Severity | None = None
    floor: bool = False


class Combined(Frozen):
    """The severity of an incident once a contact has joined it.

    reason: why in a word, for the event ("worst-contact", "resolution", "call-during-s1").
    evidence: what changed it; for a lowering the evidence in the contact that lowered it.
    """

    severity: Severity
    reason: str
    floor: bool = False
    evidence: tuple[Evidence, ...] = ()
