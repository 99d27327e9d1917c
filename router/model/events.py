"""What stands on the topics: the value of each event type. Headers are CloudEvents (router.model.cloudevents)."""

from __future__ import annotations

from pydantic import AwareDatetime

from channels.contact import Contact, Frozen, Medium
from router.model.incident import Change, ContactRef, IncidentState
from scoring.model import Assessment, Evidence, Severity, Skill


class Position(Frozen):
    """Where a record stands; with the broker's append time."""

    topic: str
    partition: int
    offset: int
    at: AwareDatetime | None = None


class Blob(Frozen):
    """Bytes in the content-addressed store. size in bytes."""

    sha256: str
    size: int
    media_type: str


class ContactReceived(Frozen):
    """`contact.received`, and `contact.updated` for what comes later for the same contact.

    address_key: HMAC of the sender's address, None where it was withheld.
    """

    contact_id: str
    address_key: str | None
    contact: Contact
    raw: Blob | None = None
    received_at: AwareDatetime


class ContactScored(Frozen):
    """`contact.scored`: the contact with its assessment, in its pool's log. Holds the text."""

    contact_id: str
    pool: str
    address_key: str | None
    contact: Contact
    raw: Blob | None = None
    assessment: Assessment
    received_at: AwareDatetime
    inbound: Position


class PolicyApplied(Frozen):
    """`policy.applied`: the policy from here on, full text, with its SHA-256."""

    sha256: str
    text: str


class PeopleChanged(Frozen):
    """`people.changed`: one person is behind all of these addresses (their keys)."""

    person_id: str
    address_keys: tuple[str, ...]


class QueueEvent(Frozen):
    """The value of every event on a queue topic: the incident as it is after the event. No text, name or address.

    revision: rises by one with each change of the incident; headers carry (epoch, revision).
    contacts: which contacts it holds, and where each stands in the pool's log.
    waiting_since: when the person began to wait; owned_since: when the present owner claimed it.
    changes: the incident's history, newest last, at most the last 50 entries.
    """

    incident_id: str
    pool: str
    revision: int
    state: IncidentState
    severity: Severity
    skill: Skill
    skills: tuple[Skill, ...]
    languages: tuple[str, ...]
    person_id: str
    contact_ids: tuple[str, ...]
    contacts: tuple[ContactRef, ...]
    channels: tuple[Medium, ...]
    opened_at: AwareDatetime
    waiting_since: AwareDatetime
    evidence: tuple[Evidence, ...]
    owner: str | None = None
    owned_since: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    moved_to: Skill | None = None
    changes: tuple[Change, ...] = ()


class AgentView(Frozen):
    """`agent.changed`, keyed by agent: presence, skills with levels 1..5, and what the agent holds.

    revision: the offset in the pool's log of the event that changed it, so that it never starts over.
    """

    agent_id: str
    presence: str
    skills: dict[str, int]
    capacity: int
    incidents: tuple[str, ...] = ()
    revision: int
    changed_at: AwareDatetime


class CommandResult(Frozen):
    """`command.result`: what became of a command. status is 200, 403, 404, 409 or 422.

    reason: in a word, for every status but 200. incident: as it now is, where the command names one.
    fingerprint: of the command that this answers, since a 422 has the id of another command's result.
    """

    command_id: str
    status: int
    reason: str | None = None
    owner: str | None = None
    agent_id: str
    incident: QueueEvent | None = None
    agent: AgentView | None = None
    fingerprint: str = ""


class DeadLetter(Frozen):
    """Why a record was dead-lettered; these stand in headers, the payload is untouched.

    topic, partition, offset: where it stood first, however often it was resubmitted. tries: how often it was refused.
    """

    stage: str
    reason: str
    field: str | None = None
    expected: str | None = None
    got: str | None = None
    topic: str
    partition: int | None = None
    offset: int | None = None
    at: AwareDatetime
    tries: int = 1


class LetterSettled(Frozen):
    """`letter.resubmitted`, `letter.dropped`: what somebody did about a dead letter.

    letter: its name, topic/partition/offset. to: where it was written again. by: a name at the terminal's machine.
    """

    letter: str
    stage: str
    by: str
    why: str
    at: AwareDatetime
    to: Position | None = None


class StageResumed(Frozen):
    """`stage.resumed`: its dead letters before `after` (an offset) don't count any more, nor do the next `allowed`."""

    stage: str
    after: int
    allowed: int
    by: str
    why: str
    at: AwareDatetime
