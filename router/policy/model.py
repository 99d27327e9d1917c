"""The policy: which skills there are, what belongs together, who may take what, and for how long things are kept.

Every field must be written and none may be added: a typo is named, not ignored.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from router.policy.duration import Duration
from scoring.model import Severity, Skill

Value = TypeVar("Value")
Level = Annotated[int, Field(ge=1, le=5, strict=True)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Strict(BaseModel):
    """Base of the policy's parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _for_each_severity(values: dict[Severity, Value]) -> dict[Severity, Value]:
    missing = [severity.value for severity in Severity if severity not in values]
    if missing:
        raise ValueError(f"expected a value for each severity; {', '.join(missing)} missing")
    return values


Levels = Annotated[dict[Severity, Level], AfterValidator(_for_each_severity)]
Targets = Annotated[dict[Severity, Duration], AfterValidator(_for_each_severity)]


class SkillRule(Strict):
    """A primary skill. levels: the least level by severity, where it differs from `dispatch.minimal_level`."""

    name: Skill
    about: str = Field(min_length=1, max_length=500)
    levels: dict[Severity, Level] = Field(default_factory=dict)


def _all_skills_once(rules: tuple[SkillRule, ...]) -> tuple[SkillRule, ...]:
    names = [rule.name for rule in rules]
    missing = [skill.value for skill in Skill if skill not in names]
    if missing:
        raise ValueError(f"expected all eleven skills; {', '.join(missing)} missing")
    twice = sorted({name.value for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"expected each skill once; {', '.join(twice)} stands there again")
    return rules


class TriagePolicy(Strict):
    """What belongs together.

    join_within: a contact joins an open incident of its person whose last contact is no longer ago.
    separate_matters: skills of quiet matters. An S1 or S2 contact about something else doesn't join an S3 or S4
        incident of these skills; it opens one of its own.
    contacts_at_most: contacts in one incident; the next opens another, so that no event grows without end.
    """

    join_within: Duration
    separate_matters: tuple[Skill, ...]
    contacts_at_most: int = Field(ge=1, le=500, strict=True)


class DispatchPolicy(Strict):
    """Who may take what.

    minimal_level: of the primary skill, by severity. languages_required: whoever claims must speak one of the
    incident's languages, as far as the policy knows them. targets: time to the first human look, by severity.
    """

    minimal_level: Levels
    languages_required: bool = Field(strict=True)
    targets: Targets


class RetentionPolicy(Strict):
    """How long the pool remembers, counted from the last event of each.

    incidents: once resolved, and what is known of each contact. persons: without an open incident; also what links
    an address to a person. agents: who are away and hold nothing. deliveries: ids of contacts that came.
    results: of commands, by their id.
    """

    incidents: Duration
    persons: Duration
    agents: Duration
    deliveries: Duration
    results: Duration


class Policy(Strict):
    """skills: in the order of the tie-break; of several that fit, the first is primary.

    languages: those that agents may have as a skill `lang-xx`; any other one stops nobody from claiming.
    """

    version: Literal[1]
    name: str = Field(min_length=1, max_length=200)
    skills: Annotated[tuple[SkillRule, ...], AfterValidator(_all_skills_once)]
    languages: tuple[Language, ...]
    triage: TriagePolicy
    dispatch: DispatchPolicy
    retention: RetentionPolicy

    def ordered(self, skills: Iterable[Skill]) -> tuple[Skill, ...]:
        """`skills` without repeats, in the order of the tie-break."""
        wanted = set(skills)
        return tuple(rule.name for rule in self.skills if rule.name in wanted)

    def minimal_level(self, skill: Skill, severity: Severity) -> int:
        """The least level of `skill` that an agent needs for an incident of `severity`."""
        for rule in self.skills:
            if rule.name is skill and severity in rule.levels:
                return rule.levels[severity]
        return self.dispatch.minimal_level[severity]
