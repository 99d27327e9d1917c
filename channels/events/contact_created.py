"""`contact.created`: the event by which any other system sends a contact of any medium.

Its JSON Schema is docs/contact.created.schema.json. It evolves by optional fields; those that it doesn't know pass.
"""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from channels import phones
from channels.contact import Address, AddressKind, Attachment, Contact, Direction, Medium
from channels.events.envelope import Event
from channels.handles import handle
from channels.mail import address as mail
from channels.mail.fingerprint import digest
from channels.media import linked, links
from channels.names import safe_media_type, safe_name
from channels.texts import bounded, cleaned, line

TYPE = "contact.created"
PROVIDER = "events"

MOST_FILES = 50
LONGEST_ID = 300

_HANDLE = re.compile(r"([a-z][a-z0-9+.-]{0,30}):(.*\S.*)")
_HOST = re.compile(r"https://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:/.*)?")


def _phone(text: str) -> str:
    found = phones.phone(text) if text.strip().startswith("+") else None
    if found is None:
        raise ValueError("a phone number in E.164, such as +12065550142")
    return found.value


def _email(text: str) -> str:
    found = mail.address(text)
    if found is None or found.kind is not AddressKind.EMAIL:
        raise ValueError("an e-mail address, without a name")
    return found.value


def _handle(text: str) -> str:
    found = _HANDLE.fullmatch(text.strip())
    if found is None:
        raise ValueError("scheme:name, such as instagram:ann.h")
    return handle(found[1], found[2]).value


def _base64(text: str) -> str:
    try:
        b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise ValueError("base64") from None
    return text


class Data(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Person(Data):
    """One address, by which the person or we are reached, and a name."""

    phone: Annotated[str, AfterValidator(_phone)] | None = Field(
        None, description="E.164 with its plus.", examples=["+12065550142"]
    )
    email: Annotated[str, AfterValidator(_email)] | None = Field(None, examples=["ann@example.org"])
    handle: Annotated[str, AfterValidator(_handle)] | None = Field(
        None, description="`scheme:name`, of a network or another system.", examples=["instagram:ann.h"]
    )
    name: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Person:
        if sum(value is not None for value in (self.phone, self.email, self.handle)) != 1:
            raise ValueError("exactly one of phone, email and handle")
        return self

    @property
    def address(self) -> Address:
        if self.phone is not None:
            return Address(kind=AddressKind.PHONE, value=self.phone)
        if self.email is not None:
            return Address(kind=AddressKind.EMAIL, value=self.email)
        return Address(kind=AddressKind.HANDLE, value=self.handle or "")


class File(Data):
    """A file: its content, or a link to it on the host that the event's `source` names; another link is dropped."""

    name: str
    media_type: str = "application/octet-stream"
    content: Annotated[str, AfterValidator(_base64)] | None = Field(None, description="Base64.")
    url: str | None = Field(None, description="HTTPS, on the host of the event's `source`.")


class ContactCreated(Data):
    """One message, call or ticket event as it came in."""

    medium: Medium
    sender: Person | None = Field(alias="from", description="Who sent it; null where they withheld that.")
    to: tuple[Person, ...] = Field((), description="Who got it. Our own addresses say which pool takes it.")
    direction: Literal[Direction.INBOUND, Direction.OUTBOUND] = Field(
        Direction.INBOUND, description="outbound: we sent it; it opens no incident."
    )
    subject: str | None = None
    text: str = Field("", description="What is new in it. Its language and severity are found out here.")
    language: str | None = Field(None, description="ISO 639-1, as the sender's system has it; a hint for people.")
    attachments: tuple[File, ...] = Field((), max_length=MOST_FILES)
    thread: str | None = Field(None, description="The sender's own id of the conversation.")
    message_id: str | None = None
    in_reply_to: str | None = None
    happened_at: AwareDatetime | None = Field(None, description="Else the event's `time`.")


def contact(event: Event, data: ContactCreated, received_at: datetime) -> Contact:
    """source and id are the contact's: whatever else comes under them is the same contact."""
    text, _, cut = bounded(cleaned(data.text))
    facts = {"source": event.attributes.source, "thread": line(data.thread, 200), "language": line(data.language, 20)}
    if cut:
        facts["truncated"] = "text"
    contact_id = identity(event)
    person, ours = (data.sender, data.to) if data.direction is Direction.INBOUND else _turned(data)
    return Contact(
        provider=PROVIDER,
        provider_id=contact_id,
        delivery=contact_id,
        medium=data.medium,
        direction=data.direction,
        sender=person.address if person else None,
        sender_name=line(person.name, 200) if person else None,
        recipients=tuple(dict.fromkeys(one.address for one in ours)),
        subject=line(data.subject),
        text=text,
        attachments=tuple(_attachment(n, file, event) for n, file in enumerate(data.attachments, 1)),
        message_id=line(data.message_id, 300),
        in_reply_to=line(data.in_reply_to, 300),
        happened_at=data.happened_at or event.time or received_at,
        extra={name: told for name, told in facts.items() if told},
    )


def _turned(data: ContactCreated) -> tuple[Person | None, tuple[Person, ...]]:
    """Of what we sent: the person, and us. A contact's sender is the person's side, whoever sent it."""
    return next(iter(data.to), None), (data.sender,) if data.sender else ()


def identity(event: Event) -> str:
    """`source id`: no source has a blank. Where that is too long, or more than one line, a hash of both."""
    source, event_id = event.attributes.source, event.attributes.id
    together = f"{source} {event_id}"
    if len(together) <= LONGEST_ID and event_id.isprintable():
        return together
    return digest(part.encode("utf-8", "replace") for part in (source, event_id))


def _attachment(n: int, file: File, event: Event) -> Attachment:
    otherwise = f"attachment-{n}"
    name, media_type = safe_name(file.name, otherwise), safe_media_type(file.media_type)
    if file.content is not None:
        return Attachment.of(name, media_type, b64decode("".join(file.content.split())))
    host = _HOST.fullmatch(event.attributes.source)
    url = linked(file.url, None, links(re.escape(host[1])), otherwise).url if host else None
    return Attachment(name=name, media_type=media_type, url=url)
