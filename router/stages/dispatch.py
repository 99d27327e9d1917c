"""Dispatch: who gets it. The third of the pool's three functions: presence, claim, release, resolve.

Each command has one result on the desk. The first valid claim in the log wins, and an agent never claims beyond
their capacity. Who goes away keeps what they hold. After a release the person waits as long as they have waited.
"""

from __future__ import annotations

from typing import Any

from router.model.commands import Claim, Command, OnIncident, Release, Resolve, SetPresence
from router.model.incident import Change, Incident, IncidentState, IncidentType
from router.policy.model import Policy
from router.stages import cases, claims, identity, results, retention, state, views
from router.stages.cause import Cause
from router.stages.claims import Verdict
from router.stages.contract import Entries, Step
from router.stages.state import Agent


def dispatch(entries: Entries, command: Command, cause: Cause, policy: Policy) -> Step:
    """What the command does, and its result; of one that was answered before only the result."""
    before = results.remembered(entries, command, cause)
    if before is not None:
        return Step(entries, (views.answer(before, cause.at, cause.traceparent),))
    match command:
        case SetPresence():
            return _presence(entries, command, cause, policy)
        case OnIncident():
            return _on_incident(entries, command, cause, policy)
        case _:
            raise TypeError(f"no command of dispatch: {type(command).__name__}")


def _presence(entries: Entries, command: SetPresence, cause: Cause, policy: Policy) -> Step:
    known = state.agent(entries, command.agent_id, cause.at)
    agent = Agent(
        agent_id=command.agent_id,
        presence=command.presence,
        skills=command.skills,
        capacity=command.capacity,
        incidents=() if known is None else known.incidents,
        revision=cause.offset,
        changed_at=cause.at,
    )
    step = _with_agent(Step(entries), agent, cause, policy)
    return results.answered(step, command, claims.ACTS, cause, policy.retention, agent=agent)


def _on_incident(entries: Entries, command: OnIncident, cause: Cause, policy: Policy) -> Step:
    incident = state.incident(entries, command.incident_id, cause.at)
    agent = state.agent(entries, command.agent_id, cause.at)
    verdict = _verdict(command, incident, agent, policy)
    step = Step(entries)
    if incident is not None and verdict.acts:
        incident = _after(command, incident, cause)
        step = _with_incident(step, incident, cause, policy)
        if agent is not None:
            agent = _holding(agent, incident, cause)
            step = _with_agent(step, agent, cause, policy)
    return results.answered(step, command, verdict, cause, policy.retention, incident=incident, agent=agent)


def _verdict(command: OnIncident, incident: Incident | None, agent: Agent | None, policy: Policy) -> Verdict:
    match command:
        case Claim():
            return claims.on_claim(incident, command.agent_id, agent, policy)
        case Release():
            return claims.on_release(incident, command.agent_id)
        case Resolve():
            return claims.on_resolve(incident, command.agent_id)
        case _:
            raise TypeError(f"no command on an incident: {type(command).__name__}")


def _after(command: OnIncident, incident: Incident, cause: Cause) -> Incident:
    fields: dict[str, Any]
    match command:
        case Claim():
            kind = IncidentType.CLAIMED
            fields = {"state": IncidentState.OWNED, "owner": command.agent_id, "owned_since": cause.at}
        case Release():
            kind = IncidentType.RELEASED
            fields = {"state": IncidentState.WAITING, "owner": None, "owned_since": None}
        case _:
            kind = IncidentType.RESOLVED
            fields = {"state": IncidentState.RESOLVED, "resolved_at": cause.at}
    change = Change(type=kind, at=cause.at, agent_id=command.agent_id)
    return cases.revised(incident, cause, kind, (change,), **fields)


def _with_incident(step: Step, incident: Incident, cause: Cause, policy: Policy) -> Step:
    entry = retention.of_incident(incident, policy.retention)
    entries = step.entries.put(f"incident/{incident.incident_id}", entry)
    if not incident.state.open:
        entries = identity.closed(entries, incident, cause, policy.retention)
    return Step(entries, (*step.outcomes, views.current(incident)))


def _holding(agent: Agent, incident: Incident, cause: Cause) -> Agent:
    """The agent with or without the incident, as its owner now is."""
    others = tuple(each for each in agent.incidents if each != incident.incident_id)
    held = (*others, incident.incident_id) if incident.state is IncidentState.OWNED else others
    return agent.model_copy(update={"incidents": held, "revision": cause.offset, "changed_at": cause.at})


def _with_agent(step: Step, agent: Agent, cause: Cause, policy: Policy) -> Step:
    entries = step.entries.put(f"agent/{agent.agent_id}", retention.of_agent(agent, policy.retention))
    return Step(entries, (*step.outcomes, views.agent_changed(agent, cause.traceparent)))
