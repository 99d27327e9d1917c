"""Telnyx SMS and MMS: a message comes in (Telnyx, "Receiving webhooks for messaging").

Events are signed with Telnyx's key, Ed25519 over `timestamp|body`, the timestamp at most five minutes old. Each try
is signed anew; it keeps `data.id`, the event's. The contact's id is the message's, `payload.id`, since one message
may be told by several events. Events of messages that we sent make no contact.

Media stay at Telnyx for a while; whoever fetches them reads `Attachment.url`, which only ever names its own hosts.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from channels import ed25519
from channels.contact import Attachment, Contact, Medium
from channels.contract import MIB, Channel, Request, Secrets, Verified, malformed
from channels.errors import Forged, Malformed, Misconfigured, Unauthenticated
from channels.loose import LISTED, OR_NONE, Loose, LooseId
from channels.media import LABEL, linked, links
from channels.parties import parties, party
from channels.texts import bounded, cleaned, line
from channels.theirs import theirs
from channels.times import iso8601, unix, within

PROVIDER = "telnyx"
SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"
KEYS = "TELNYX_PUBLIC_KEYS"
WINDOW = timedelta(minutes=5)

RECEIVED = "message.received"
MOST_MEDIA = 50

THEIRS = links(rf"(?:{LABEL}\.)+telnyx\.com|(?:{LABEL}\.)+telnyxcloudstorage\.com")


class End(BaseModel):
    phone_number: Loose = None


class File(BaseModel):
    url: Loose = None
    content_type: Loose = None


class Message(BaseModel):
    """`payload` of an event. Of what isn't needed to know who writes what, another shape is left out."""

    id: LooseId = None
    direction: Loose = None
    type: Loose = None
    sender: Annotated[End | None, OR_NONE] = Field(None, alias="from")
    to: Annotated[list[Annotated[End | None, OR_NONE]], LISTED] = []
    cc: Annotated[list[Annotated[End | None, OR_NONE]], LISTED] = []
    text: str | None = None
    subject: Loose = None
    media: Annotated[list[Annotated[File | None, OR_NONE]], LISTED] = []
    received_at: Loose = None
    messaging_profile_id: Loose = None


class Event(BaseModel):
    id: LooseId = None
    event_type: str
    occurred_at: Loose = None
    payload: dict[str, object] = {}


class Webhook(BaseModel):
    data: Event


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Unauthenticated without a signature, Forged unless one of the keys made it in the last five minutes."""
    given, timestamp = request.header(SIGNATURE), request.header(TIMESTAMP)
    if not given or not timestamp:
        raise Unauthenticated(f"{SIGNATURE} or {TIMESTAMP} is missing")
    try:
        signature = b64decode(given.strip(), validate=True)
    except ValueError:
        raise Forged(f"{SIGNATURE} is no base64") from None
    signed = _signed(timestamp, request.body)
    if not any(_holds(key, signature, signed) for key in secrets.values):
        raise Forged(f"{SIGNATURE} doesn't match")
    if not within(unix(timestamp), request.received_at, before=WINDOW, after=WINDOW):
        raise Forged(f"{TIMESTAMP} is more than five minutes away")
    return Verified()


def sign(request: Request, key: str) -> Request:
    """`request` signed now; key: a private one."""
    timestamp = str(int(request.received_at.timestamp()))
    signature = ed25519.signature(key, _signed(timestamp, request.body))
    return request.having((SIGNATURE, b64encode(signature).decode()), (TIMESTAMP, timestamp))


def parse(request: Request) -> list[Contact]:
    """One contact for a message that came in, none for any other event. Raises Malformed with the field's path."""
    event = request.json(Webhook).data
    if event.event_type != RECEIVED:
        return []
    message = _message(event)
    if (message.direction or "inbound").lower() != "inbound":
        return []
    message_id = theirs(message.id, "data.payload.id")
    text, _, cut = bounded(cleaned(message.text or ""))
    facts = {"type": line(message.type, 40), "messaging_profile_id": line(message.messaging_profile_id, 100)}
    if cut:
        facts["truncated"] = "text"
    return [
        Contact(
            provider=PROVIDER,
            provider_id=message_id,
            delivery=theirs(event.id, "data.id"),
            medium=Medium.SMS,
            sender=party(message.sender.phone_number if message.sender else None),
            recipients=parties(*(end.phone_number for end in (*message.to, *message.cc) if end)),
            subject=line(message.subject),
            text=text,
            attachments=tuple(_attachment(n, file) for n, file in enumerate(message.media[:MOST_MEDIA], 1) if file),
            happened_at=iso8601(message.received_at) or iso8601(event.occurred_at) or request.received_at,
            extra={name: told for name, told in facts.items() if told},
        )
    ]


def _holds(key: str, signature: bytes, signed: bytes) -> bool:
    try:
        return ed25519.holds(key, signature, signed)
    except ValueError:
        raise Misconfigured(f"ROUTER_{KEYS}: expected public keys of 32 bytes in base64") from None


def _signed(timestamp: str, body: bytes) -> bytes:
    return timestamp.encode("utf-8", "replace") + b"|" + body


def _message(event: Event) -> Message:
    try:
        return Message.model_validate(event.payload)
    except ValidationError as error:
        problem = malformed(error)
        raise Malformed(f"data.payload.{problem.field}", problem.expected, problem.got) from None


def _attachment(n: int, file: File) -> Attachment:
    return linked(file.url, file.content_type, THEIRS, f"media-{n}")


CHANNEL = Channel(
    "telnyx-sms",
    PROVIDER,
    "/hooks/telnyx/sms",
    Medium.SMS,
    verify=verify,
    parse=parse,
    secrets=KEYS,
    sign=sign,
    limit=MIB,
)
