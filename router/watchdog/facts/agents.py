"""The agents, as the desk's topic tells them, and whether anybody could take an incident of a group.

The desk is kept for a day: of who said nothing for longer the watchdog knows only what it has heard itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from router.model.cloudevents import version
from router.model.commands import Presence
from router.model.events import AgentView
from router.model.incident import Incident
from router.policy.model import Policy
from router.stages.claims import able
from router.stages.contract import Record
from router.stages.state import Agent
from router.watchdog.facts.incidents import PREFIX, Group
from scoring.model import Skill

AGENT_CHANGED = "agent.changed"


class Agents:
    """Fed with the records of the desk by `apply`; the rest reads."""

    def __init__(self) -> None:
        self._agents: dict[str, tuple[tuple[int, int], Agent]] = {}

    def apply(self, record: Record) -> None:
        """Raises ValueError for what can't be read."""
        if record.header("ce_type") != AGENT_CHANGED or record.value is None:
            return
        at, view = version(record.headers), AgentView.model_validate_json(record.value)
        known = self._agents.get(view.agent_id)
        if known is None or at >= known[0]:
            self._agents[view.agent_id] = (at, _agent(view))

    def present(self, agent_id: str) -> bool:
        """Whether the agent is there; False for one of whom nothing is known."""
        known = self._agents.get(agent_id)
        return known is not None and known[1].presence is Presence.AVAILABLE

    def left_at(self, agent_id: str) -> datetime | None:
        """When an agent who isn't there was last heard of; None for one of whom nothing is known."""
        known = self._agents.get(agent_id)
        return None if known is None else known[1].changed_at

    def available(self) -> Iterable[Agent]:
        return (agent for _, agent in self._agents.values() if agent.presence is Presence.AVAILABLE)

    def who_could(self, group: Group, policy: Policy) -> list[Agent]:
        """The available agents who may claim an incident of the group, whether or not they have room for it."""
        wanted = _incident(group)
        return [agent for agent in self.available() if able(agent, wanted, policy)]


def has_room(agent: Agent) -> bool:
    return len(agent.incidents) < agent.capacity


def _agent(view: AgentView) -> Agent:
    try:
        presence = Presence(view.presence)
    except ValueError:  # a later version's word; nobody counts on who isn't surely there
        presence = Presence.AWAY
    return Agent(
        agent_id=view.agent_id,
        presence=presence,
        skills=view.skills,
        capacity=view.capacity,
        incidents=view.incidents,
        revision=view.revision,
        changed_at=view.changed_at,
    )


def _incident(group: Group) -> Incident:
    """An incident of the group, as far as the rule of who may claim looks at it."""
    fields: dict[str, Any] = {"severity": group.severity, "languages": group.languages}
    return Incident.model_construct(skill=Skill(group.topic.removeprefix(PREFIX)), **fields)
