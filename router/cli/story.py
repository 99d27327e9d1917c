"""The story of a contact or an incident, as values. Carries no personal data unless that was asked for."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from channels.contact import Automatic, Frozen, Medium
from router.model.events import DeadLetter
from router.model.incident import IncidentState
from scoring.model import Severity, Skill


class Reason(Frozen):
    """One rule that spoke. words: what it spoke about, only where revealed."""

    rule: str
    severity: Severity | None
    skill: Skill | None
    lowers: bool
    scope: str | None
    field: str
    start: int
    end: int
    words: str | None = None


class Hop(Frozen):
    """One place that the contact passed. ms: since the hop before; where: topic, partition and offset."""

    name: Literal["received", "inbound", "pool", "queue"]
    at: AwareDatetime
    ms: float | None = None
    where: str | None = None


class Revealed(Frozen):
    """The personal part of a contact."""

    sender: str | None
    sender_name: str | None
    subject: str | None
    text: str


class ToldPart(Frozen):
    """What was told apart of a contact ("recording:RE…", "transcription:TR…"), and where it stands.

    words: there was something to read. stands: it is what the contact's text, severity and reasons are of.
    """

    name: str
    where: str
    severity: Severity
    skill: Skill
    words: bool
    stands: bool


class ContactStory(Frozen):
    """reasons: None where the scored record is gone ("expired") or hasn't been written yet.

    automatic: what kind of machine sent it. kept_out: on no queue for it.
    """

    contact_id: str
    provider: str | None = None
    provider_id: str | None = None
    channel: Medium
    attachments: int | None = None
    automatic: Automatic | None = None
    kept_out: bool = False
    severity: Severity | None = None
    skill: Skill | None = None
    languages: tuple[str, ...] = ()
    floor: bool = False
    rules_version: str | None = None
    reasons: tuple[Reason, ...] | None = None
    address_key: str | None = None
    hops: tuple[Hop, ...] = ()
    total_ms: float | None = None
    updates: int = 0
    parts: tuple[ToldPart, ...] = ()
    expired: bool = False
    revealed: Revealed | None = None


class Step(Frozen):
    """One entry of the incident's history. severity_before, skill_before: where this entry changed it."""

    event: str
    at: AwareDatetime
    reason: str | None
    by: str | None
    severity: Severity | None
    severity_before: Severity | None = None
    skill: Skill | None
    skill_before: Skill | None = None
    rules: tuple[str, ...] = ()


class IncidentStory(Frozen):
    incident_id: str
    pool: str
    state: IncidentState
    severity: Severity
    skill: Skill
    skills: tuple[Skill, ...]
    queue: str
    languages: tuple[str, ...]
    channels: tuple[Medium, ...]
    person_id: str
    opened_at: AwareDatetime
    waiting_since: AwareDatetime
    owner: str | None
    owned_since: AwareDatetime | None
    resolved_at: AwareDatetime | None
    history: tuple[Step, ...]


class Refusal(Frozen):
    """A dead letter: why, where it lies now, and when it was refused."""

    topic: str
    partition: int
    offset: int
    letter: DeadLetter


class Story(Frozen):
    """asked: the id given. contact_id: the contact it meant, None for an incident's id."""

    asked: str
    contact_id: str | None
    incident: IncidentStory | None = None
    contacts: tuple[ContactStory, ...] = ()
    refusals: tuple[Refusal, ...] = ()
