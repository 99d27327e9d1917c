from typing import Any

import pytest

from router.model.commands import Presence
from router.model.incident import IncidentState
from router.policy.load import default_text, parse
from router.stages import claims
from router.stages.claims import Verdict
from router.stages.state import Agent
from scoring.model import Severity, Skill
from tests.router.stages.situations import NOON, POLICY, S1, S2, SEVERAL, Table, came


def incident(**fields: Any) -> Any:
    table = Table()
    table.take(came("sms", "ann", S2, Skill.EMERGENCY_VET, languages=("es", "en")))
    return table.incident("sms").model_copy(update=fields)


def maria(**fields: Any) -> Agent:
    agent = Agent(
        agent_id="maria", presence=Presence.AVAILABLE, skills=SEVERAL, capacity=1, revision=1, changed_at=NOON
    )
    return agent.model_copy(update=fields)


OWNED_BY_MARIA = {"state": IncidentState.OWNED, "owner": "maria"}
OWNED_BY_NOAH = {"state": IncidentState.OWNED, "owner": "noah"}
RESOLVED_BY_MARIA = {"state": IncidentState.RESOLVED, "owner": "maria"}
OFFLINE = {"presence": Presence.OFFLINE}
UNSKILLED: dict[str, Any] = {"skills": {"claims": 5, "lang-en": 5}}
FULL = {"incidents": ("i_petcare_other",)}


@pytest.mark.parametrize(
    ("of_incident", "of_agent", "verdict"),
    [
        ({}, {}, claims.ACTS),
        (None, {}, Verdict(404, "unknown")),
        (RESOLVED_BY_MARIA, {}, Verdict(409, "resolved")),
        (OWNED_BY_MARIA, {}, claims.ALREADY),
        (OWNED_BY_MARIA, {**OFFLINE, **UNSKILLED, **FULL}, claims.ALREADY),
        (OWNED_BY_NOAH, {**OFFLINE, **UNSKILLED, **FULL}, Verdict(409, "owned")),
        ({}, None, Verdict(409, "absent")),
        ({}, {**OFFLINE, **UNSKILLED, **FULL}, Verdict(409, "absent")),
        ({}, {"presence": Presence.AWAY}, Verdict(409, "absent")),
        ({}, {**UNSKILLED, **FULL}, Verdict(409, "missing-skill")),
        ({}, FULL, Verdict(409, "full")),
        ({}, {"capacity": 0}, Verdict(409, "full")),
    ],
)
def test_a_claim_is_refused_for_the_first_reason_in_order(
    of_incident: dict[str, Any] | None, of_agent: dict[str, Any] | None, verdict: Verdict
) -> None:
    subject = None if of_incident is None else incident(**of_incident)
    agent = None if of_agent is None else maria(**of_agent)
    assert claims.on_claim(subject, "maria", agent, POLICY) == verdict


@pytest.mark.parametrize(
    ("of_incident", "agent_id", "on_release", "on_resolve"),
    [
        (None, "maria", claims.UNKNOWN, claims.UNKNOWN),
        ({}, "maria", claims.NOT_OWNER, claims.NOT_OWNER),
        (OWNED_BY_MARIA, "maria", claims.ACTS, claims.ACTS),
        (OWNED_BY_MARIA, "noah", claims.NOT_OWNER, claims.NOT_OWNER),
        (RESOLVED_BY_MARIA, "maria", claims.RESOLVED, claims.ALREADY),
        (RESOLVED_BY_MARIA, "noah", claims.NOT_OWNER, claims.NOT_OWNER),
    ],
)
def test_only_the_owner_releases_and_resolves(
    of_incident: dict[str, Any] | None, agent_id: str, on_release: Verdict, on_resolve: Verdict
) -> None:
    subject = None if of_incident is None else incident(**of_incident)
    assert claims.on_release(subject, agent_id) == on_release
    assert claims.on_resolve(subject, agent_id) == on_resolve


def test_the_level_asked_for_is_that_of_the_severity() -> None:
    policy = parse(default_text().replace("minimal_level: {S1: 1", "minimal_level: {S1: 4"))
    learning = maria(skills={"emergency-vet": 3, "lang-en": 1})
    assert claims.able(learning, incident(), policy)
    assert not claims.able(learning, incident(severity=S1), policy)


@pytest.mark.parametrize(
    ("languages", "skills", "able"),
    [
        ((), {}, True),
        (("es", "en"), {"lang-en": 1}, True),
        (("es", "en"), {"lang-es": 1}, True),
        (("es",), {"lang-en": 5}, False),
        (("es",), {"lang-es": 0}, False),
        (("ja",), {"lang-en": 5}, True),
        (("ja", "es"), {"lang-en": 5}, False),
    ],
)
def test_one_language_of_the_incident_is_enough_and_one_that_nobody_can_have_stops_nobody(
    languages: tuple[str, ...], skills: dict[str, int], able: bool
) -> None:
    agent = maria(skills={"emergency-vet": 1, **skills})
    assert claims.able(agent, incident(languages=languages), POLICY) is able


def test_a_policy_may_ask_for_no_language() -> None:
    policy = parse(default_text().replace("languages_required: true", "languages_required: false"))
    assert claims.able(maria(skills={"emergency-vet": 1}), incident(languages=("es",)), policy)


def test_every_severity_and_skill_has_a_level_that_the_best_agent_has() -> None:
    for severity in Severity:
        for skill in Skill:
            assert claims.able(maria(), incident(severity=severity, skill=skill), POLICY)
