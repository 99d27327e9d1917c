"""Who may claim, release or resolve an incident. Each rule says no with a status and a reason, in a fixed order.

claim     unknown 404 · resolved 409 · one's own already 200 · owned 409 · absent 409 · missing-skill 409 · full 409
release   unknown 404 · not-owner 403 · resolved 409
resolve   unknown 404 · not-owner 403 · resolved by the same agent already 200
"""

from __future__ import annotations

from dataclasses import dataclass

from router.model.commands import Presence
from router.model.incident import Incident, IncidentState
from router.policy.model import Policy
from router.stages.state import Agent


@dataclass(frozen=True, slots=True)
class Verdict:
    """acts: the command changes something; without it and without a reason all is already as asked."""

    status: int = 200
    reason: str | None = None
    acts: bool = False


ACTS = Verdict(acts=True)
ALREADY = Verdict()
UNKNOWN = Verdict(404, "unknown")
RESOLVED = Verdict(409, "resolved")
OWNED = Verdict(409, "owned")
ABSENT = Verdict(409, "absent")
MISSING_SKILL = Verdict(409, "missing-skill")
FULL = Verdict(409, "full")
NOT_OWNER = Verdict(403, "not-owner")


def on_claim(incident: Incident | None, agent_id: str, agent: Agent | None, policy: Policy) -> Verdict:
    if incident is None:
        return UNKNOWN
    if incident.state is IncidentState.RESOLVED:
        return RESOLVED
    if incident.owner is not None:
        return ALREADY if incident.owner == agent_id else OWNED
    if agent is None or agent.presence is not Presence.AVAILABLE:
        return ABSENT
    if not able(agent, incident, policy):
        return MISSING_SKILL
    return ACTS if len(agent.incidents) < agent.capacity else FULL


def on_release(incident: Incident | None, agent_id: str) -> Verdict:
    if incident is None:
        return UNKNOWN
    if incident.owner != agent_id:
        return NOT_OWNER
    return RESOLVED if incident.state is IncidentState.RESOLVED else ACTS


def on_resolve(incident: Incident | None, agent_id: str) -> Verdict:
    if incident is None:
        return UNKNOWN
    if incident.owner != agent_id:
        return NOT_OWNER
    return ALREADY if incident.state is IncidentState.RESOLVED else ACTS


def able(agent: Agent, incident: Incident, policy: Policy) -> bool:
    """True if the agent has the primary skill at its level, and one of the languages that the policy knows."""
    if agent.skills.get(incident.skill.value, 0) < policy.minimal_level(incident.skill, incident.severity):
        return False
    spoken = [each for each in incident.languages if each in policy.languages]
    if not policy.dispatch.languages_required or not spoken:
        return True
    return any(agent.skills.get(f"lang-{each}", 0) >= 1 for each in spoken)
