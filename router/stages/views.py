"""What the pool tells the outside: incidents on their queues' topics, agents and results on the desk.

Ids are made of the subject and its revision, so that a rerun or a repair of a record gives the same event.
"""

from __future__ import annotations

from datetime import datetime

from channels.contact import Medium
from router.model.events import AgentView, CommandResult, QueueEvent
from router.model.incident import Incident, IncidentState, IncidentType
from router.stages.contract import Outcome
from router.stages.state import Agent
from scoring.model import Skill

DESK = "desk"


def queue_topic(skill: Skill) -> str:
    return f"queue.{skill.value}"


def queue_event(incident: Incident, moved_to: Skill | None = None) -> QueueEvent:
    """The incident as any reader of a queue may see it. moved_to: for the record that takes leave of a queue."""
    return QueueEvent.model_construct(
        incident_id=incident.incident_id,
        pool=incident.pool,
        revision=incident.revision,
        state=incident.state if moved_to is None else IncidentState.MOVED,
        severity=incident.severity,
        skill=incident.skill,
        skills=incident.skills,
        languages=incident.languages,
        person_id=incident.person_id,
        contact_ids=tuple(ref.contact_id for ref in incident.contacts),
        contacts=incident.contacts,
        channels=_channels(incident),
        opened_at=incident.opened_at,
        waiting_since=incident.waiting_since,
        evidence=incident.evidence,
        owner=incident.owner,
        owned_since=incident.owned_since,
        resolved_at=incident.resolved_at,
        moved_to=moved_to,
        changes=incident.changes,
    )


def _channels(incident: Incident) -> tuple[Medium, ...]:
    return tuple(dict.fromkeys(ref.channel for ref in incident.contacts))


def current(incident: Incident) -> Outcome:
    """The last record that the incident's key should have on its queue's topic."""
    return _told(incident, incident.skill, incident.type, "", incident.changed_at, queue_event(incident))


def changed(before: Incident | None, after: Incident) -> tuple[Outcome, ...]:
    """What readers are told when `before` has become `after`; on a move the new queue hears of it first."""
    if before is None or before.skill is after.skill:
        return (current(after),)
    return (current(after), _moved(before, after), _gone(after, before.skill, after.changed_at, "gone"))


def _moved(before: Incident, after: Incident) -> Outcome:
    value = queue_event(after, moved_to=after.skill)
    return _told(after, before.skill, IncidentType.MOVED, ":moved", after.changed_at, value)


def forgotten(incident: Incident, at: datetime) -> Outcome:
    """The tombstone of a resolved incident whose time is over since `at`."""
    return _gone(incident, incident.skill, at, "expired")


def _gone(incident: Incident, queue: Skill, at: datetime, why: str) -> Outcome:
    kind = IncidentType.MOVED if queue is not incident.skill else incident.type
    return _told(incident, queue, kind, f":{why}", at, None)


def _told(
    incident: Incident, queue: Skill, kind: IncidentType, suffix: str, time: datetime, value: QueueEvent | None
) -> Outcome:
    """One record of the incident on a queue's topic. suffix: tells apart the records of one revision."""
    return Outcome(
        topic=queue_topic(queue),
        key=incident.incident_id,
        type=kind.value,
        id=f"{incident.incident_id}:{incident.revision}{suffix}",
        subject=incident.incident_id,
        time=time,
        value=value,
        revision=incident.revision,
        traceparent=incident.traceparent,
    )


def agent_view(agent: Agent) -> AgentView:
    return AgentView(
        agent_id=agent.agent_id,
        presence=agent.presence.value,
        skills=agent.skills,
        capacity=agent.capacity,
        incidents=agent.incidents,
        revision=agent.revision,
        changed_at=agent.changed_at,
    )


def agent_changed(agent: Agent, traceparent: str | None = None) -> Outcome:
    return Outcome(
        topic=DESK,
        key=agent.agent_id,
        type="agent.changed",
        id=f"{agent.agent_id}:{agent.revision}",
        subject=agent.agent_id,
        time=agent.changed_at,
        value=agent_view(agent),
        revision=agent.revision,
        traceparent=traceparent,
    )


def answer(result: CommandResult, at: datetime, traceparent: str | None = None) -> Outcome:
    """The result of a command. The subject is the command's id: who waits for it looks there, and at the fingerprint,
    since the 422 of a reused id is about another command."""
    suffix = ":reused" if result.status == 422 else ""
    return Outcome(
        topic=DESK,
        key=result.agent_id,
        type="command.result",
        id=f"{result.command_id}:result{suffix}",
        subject=result.command_id,
        time=at,
        value=result,
        traceparent=traceparent,
    )
