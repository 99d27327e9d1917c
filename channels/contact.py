"""What came in, whoever brought it: one frozen, normalised value."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Base of every value: frozen, and tolerant of fields that a later version adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Medium(StrEnum):
    """How it came; `inbound.<medium>` is its topic."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    TICKET = "ticket"
    SOCIAL = "social"


class AddressKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"


class Address(Frozen):
    """How a person reaches us. `value` is final: E.164, a normalised e-mail address, or `scheme:name`."""

    kind: AddressKind
    value: str = Field(min_length=1, max_length=320)


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    UNKNOWN = "unknown"


class Attachment(Frozen):
    """A file that came with a contact: its bytes are in the blob store under `sha256`, or still at `url`.

    size is in bytes, None where only the provider knows it. `content` never leaves the process: the edge
    stores it and the event carries the hash.
    """

    name: str
    media_type: str
    size: int | None = None
    sha256: str | None = None
    url: str | None = None
    content_id: str | None = None
    inline: bool = False
    content: bytes | None = Field(default=None, exclude=True, repr=False)

    @classmethod
    def of(
        cls, name: str, media_type: str, content: bytes, *, content_id: str | None = None, inline: bool = False
    ) -> Attachment:
        """An attachment whose bytes are at hand. `name` must be harmless already (channels.names.safe_name)."""
        return cls(
            name=name,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content_id=content_id,
            inline=inline,
            content=content,
        )


class Automatic(StrEnum):
    """A machine sent it, by itself. None of these is ever acknowledged (RFC 3834).

    bounce: a delivery report, failed or delayed. receipt: that a mail of ours was read. complaint: that somebody
    called one spam. generated: any other machine's, a web form's too. list: of a mailing list.
    """

    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    COMPLAINT = "complaint"
    GENERATED = "generated"
    LIST = "list"

    @property
    def kept_out(self) -> bool:
        """True for what only answers mail of ours: recorded, and on no queue. The others may hold an emergency."""
        return self not in (Automatic.GENERATED, Automatic.LIST)


class CallStatus(StrEnum):
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class Call(Frozen):
    """What is known of a call so far. duration_s: seconds talked, once it has ended."""

    status: CallStatus
    duration_s: int | None = None
    answered_by: str | None = None
    forwarded_from: Address | None = None
    sip_response: int | None = None


class Contact(Frozen):
    """One message, call or ticket event as it came in, normalised.

    provider_id: the provider's own id of the contact, or a content hash where it has none that a forger
        couldn't reuse; (provider, provider_id) decides the contact's id.
    delivery: id of this delivery, unique per provider ("SM…", "CA…", "CA…:3"); becomes ce_id.
    sequence: None for what came first; a later update of the same contact carries the provider's number,
        and a lower one never undoes a higher one of the same part.
    part: what an update tells apart from the rest, each with sequences of its own ("recording:RE…"); None for the
        contact itself.
    sender: None where the caller withheld it.
    text: the new text, at most 200 KB; full_text: all of it, where that is more than `text`.
    happened_at: when the provider says it happened (else when it was received).
    automatic: what kind of machine sent it; None for what a person seems to have sent.
    """

    provider: str
    provider_id: str = Field(min_length=1, max_length=300)
    delivery: str = Field(min_length=1, max_length=320)
    sequence: int | None = None
    part: str | None = Field(default=None, min_length=1, max_length=200)
    medium: Medium
    direction: Direction = Direction.INBOUND
    sender: Address | None = None
    sender_name: str | None = None
    recipients: tuple[Address, ...] = ()
    subject: str | None = None
    text: str = ""
    full_text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    call: Call | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    happened_at: AwareDatetime
    automatic: Automatic | None = None
    extra: dict[str, str] = Field(default_factory=dict)

    @property
    def update(self) -> bool:
        """True for what comes later for a contact that is known, or soon will be."""
        return self.sequence is not None

    def has_words(self) -> bool:
        """True if there is anything to read: a call without a transcript has none."""
        return bool(self.text.strip() or (self.subject or "").strip())
