"""What desktops send, and what they get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from channels.contact import Address, Attachment, Automatic, Call, Contact, Direction, Medium
from router.model.commands import Presence
from router.model.events import Blob, ContactScored, QueueEvent
from router.model.incident import Change, ContactRef, Hops, IncidentState, Part
from scoring.model import Assessment, Evidence, Severity, Skill

EXPIRED = "expired"

OF_THE_CONTACT = ("call", "direction", "sender", "sender_name", "recipients", "sequence", "happened_at")
"""What the contact itself tells, and not the part whose words stand for it."""

AgentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$", min_length=1, max_length=100)]
Level = Annotated[int, Field(ge=1, le=5, strict=True)]
SkillName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=50)]


class Strict(BaseModel):
    """A body: a field that we don't know is a mistake of the caller."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PresenceBody(Strict):
    """pool: the agent's; the deployment's default one where it is left out. Left out fields are kept by none:
    a presence says all of what an agent can do."""

    presence: Presence
    skills: dict[SkillName, Level] = Field(default_factory=dict, max_length=100)
    capacity: int = Field(default=1, ge=0, le=100, strict=True)
    pool: str | None = Field(default=None, max_length=100)


class AgentBody(Strict):
    """Who does it."""

    agent_id: AgentId


class PersonBody(Strict):
    """Every address of one person: phone numbers in E.164, e-mail addresses, handles as scheme:name."""

    addresses: tuple[Annotated[str, StringConstraints(min_length=1, max_length=400)], ...] = Field(max_length=100)


class PersonView(BaseModel):
    person_id: str


class QueueDepth(BaseModel):
    """One queue in figures. oldest_waiting: since when the one who has waited longest has waited."""

    skill: Skill
    waiting: int
    owned: int
    oldest_waiting: AwareDatetime | None
    waiting_by_severity: dict[Severity, int]


class Queues(BaseModel):
    queues: list[QueueDepth]


class Queue(QueueDepth):
    """A queue with its open incidents, the most severe first, then who has waited longest."""

    incidents: list[QueueEvent]


class PartView(BaseModel):
    """What was told apart of a contact: a call's recording, a transcript. name: as in Contact.part."""

    name: str
    severity: Severity
    skill: Skill
    text: str
    attachments: tuple[Attachment, ...] = ()
    happened_at: AwareDatetime | None = None
    extra: dict[str, str] = Field(default_factory=dict)
    expired: bool = False


class ContactView(BaseModel):
    """A contact with everything known of it. Past the log's retention `text` is "expired", and the rest is missing.

    full_text: all of the text, also where `text` is only what is new in it. parts: of a contact that came in several;
    then `text` is the most severe of theirs.
    """

    contact_id: str
    incident_id: str
    person_id: str
    channel: Medium
    severity: Severity
    skill: Skill
    hops: Hops
    provider: str | None = None
    provider_id: str | None = None
    medium: Medium
    direction: Direction
    sender: Address | None = None
    sender_name: str | None = None
    recipients: tuple[Address, ...] = ()
    subject: str | None = None
    text: str
    full_text: str
    attachments: tuple[Attachment, ...] = ()
    call: Call | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    sequence: int | None = None
    happened_at: AwareDatetime | None = None
    automatic: Automatic | None = None
    received_at: AwareDatetime
    extra: dict[str, str] = Field(default_factory=dict)
    raw: Blob | None = None
    assessment: Assessment | None = None
    expired: bool = False
    parts: tuple[PartView, ...] = ()


class IncidentView(BaseModel):
    """An incident as it is now, with the words of its contacts."""

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
    contacts: tuple[ContactView, ...]
    channels: tuple[Medium, ...]
    opened_at: AwareDatetime
    waiting_since: AwareDatetime
    evidence: tuple[Evidence, ...]
    owner: str | None
    owned_since: AwareDatetime | None
    resolved_at: AwareDatetime | None
    moved_to: Skill | None
    changes: tuple[Change, ...]


Told = Mapping[str, ContactScored | None]


def contact_view(
    incident: QueueEvent, ref: ContactRef, scored: ContactScored | None, parts: Told | None = None
) -> ContactView:
    """`scored` None: the log holds its record no more. parts: the records of those that it came in, by name."""
    own = (parts or {}).get("")
    if scored is None or scored.contact_id != ref.contact_id:
        known: dict[str, object] = {"text": EXPIRED, "full_text": EXPIRED, "expired": True}
        known |= {"medium": ref.channel, "direction": ref.direction, "received_at": ref.hops.received_at}
    else:
        contact = scored.contact
        fields = set(Contact.model_fields) & set(ContactView.model_fields)
        known = {name: getattr(contact, name) for name in fields}
        known |= {"full_text": contact.text if contact.full_text is None else contact.full_text}
        known |= {"received_at": scored.received_at, "raw": scored.raw, "assessment": scored.assessment}
        if own is not None and own.contact_id == ref.contact_id:
            known |= {name: getattr(own.contact, name) for name in OF_THE_CONTACT if getattr(own.contact, name)}
    return ContactView.model_validate(
        known
        | {
            "contact_id": ref.contact_id,
            "incident_id": incident.incident_id,
            "person_id": incident.person_id,
            "channel": ref.channel,
            "severity": ref.severity,
            "skill": ref.skill,
            "hops": ref.hops,
            "parts": tuple(_part_view(part, ref, (parts or {}).get(part.name)) for part in ref.parts if part.name),
        }
    )


def _part_view(part: Part, ref: ContactRef, scored: ContactScored | None) -> PartView:
    if scored is None or scored.contact_id != ref.contact_id:
        return PartView(name=part.name, severity=part.severity, skill=part.skill, text=EXPIRED, expired=True)
    contact = scored.contact
    return PartView(
        name=part.name,
        severity=part.severity,
        skill=part.skill,
        text=contact.text,
        attachments=contact.attachments,
        happened_at=contact.happened_at,
        extra=contact.extra,
    )


def incident_view(incident: QueueEvent, contacts: tuple[ContactView, ...]) -> IncidentView:
    return IncidentView.model_validate({**dict(incident), "contacts": contacts})
