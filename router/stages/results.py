"""What became of commands, remembered for ten minutes, so that asking again doesn't act again."""

from __future__ import annotations

from router.model.commands import Command
from router.model.events import CommandResult
from router.model.incident import Incident
from router.policy.model import RetentionPolicy
from router.stages import state, views
from router.stages.cause import Cause
from router.stages.claims import Verdict
from router.stages.contract import Entries, Step
from router.stages.state import Agent, Answered

REUSED = "idempotency-key-reused"


def remembered(entries: Entries, command: Command, cause: Cause) -> CommandResult | None:
    """What the command's id was answered before; another command under the same id is refused."""
    before = state.live(entries, f"result/{command.command_id}", Answered, cause.at)
    if before is None or before.fingerprint == command.fingerprint:
        return None if before is None else before.result
    return CommandResult(
        command_id=command.command_id,
        status=422,
        reason=REUSED,
        agent_id=command.agent_id,
        fingerprint=command.fingerprint,
    )


def answered(
    step: Step,
    command: Command,
    verdict: Verdict,
    cause: Cause,
    policy: RetentionPolicy,
    *,
    incident: Incident | None = None,
    agent: Agent | None = None,
) -> Step:
    """The step with the command's result, told last and remembered."""
    result = CommandResult(
        command_id=command.command_id,
        status=verdict.status,
        reason=verdict.reason,
        owner=None if incident is None else incident.owner,
        agent_id=command.agent_id,
        incident=None if incident is None else views.queue_event(incident),
        agent=None if agent is None else views.agent_view(agent),
        fingerprint=command.fingerprint,
    )
    entry = Answered(result=result, fingerprint=command.fingerprint, expires_at=cause.at + policy.results)
    entries = step.entries.put(f"result/{command.command_id}", entry)
    return Step(entries, (*step.outcomes, views.answer(result, cause.at, cause.traceparent)))
