"""Postmark inbound e-mail (Postmark, "Inbound webhook").

Postmark signs nothing; the webhook's URL carries basic auth. It tries ten times over 10.5 hours and stops for
good at 403, so only a wrong secret may be answered with it.

What Postmark has read of the mail is taken where it is there, and RawEmail fills in what is missing; files are
taken from whichever holds more. A field that isn't needed to know who writes what is left out when it has
another shape, so that no mail is lost for it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from channels.contact import Address, Attachment, Contact, Medium
from channels.contract import Channel, Request, Secrets, Verified
from channels.errors import Forged, Malformed
from channels.loose import LISTED, OR_NONE, Loose
from channels.mail import apart, contact, message
from channels.mail.address import address
from channels.mail.apart import Apart
from channels.mail.author import author
from channels.mail.fingerprint import digest
from channels.mail.headers import read_mailboxes
from channels.mail.message import Mail
from channels.mail.parts import MOST_ATTACHMENTS
from channels.names import safe_media_type, safe_name
from channels.texts import cleaned, line
from channels.times import rfc2822

PROVIDER = "postmark"

LONGEST_ID = 200


class Part(BaseModel):
    """Base of what Postmark sends: names as in its documentation, unknown ones pass."""

    model_config = ConfigDict(extra="ignore", alias_generator=lambda name: name.title().replace("_", ""))


class Mailbox(Part):
    email: str | None = None
    name: Loose = None


class LooseMailbox(Part):
    email: Loose = None
    name: Loose = None


class Header(Part):
    name: Loose = None
    value: Loose = None


class File(Part):
    name: Loose = None
    content: Loose = None
    data: Loose = None
    content_type: Loose = None
    content_id: Loose = Field(None, alias="ContentID")


Mailboxes = Annotated[list[Annotated[LooseMailbox | None, OR_NONE]], LISTED]
Headers = Annotated[list[Annotated[Header | None, OR_NONE]], LISTED]
Files = Annotated[list[Annotated[File | None, OR_NONE]], LISTED]


class InboundMail(Part):
    """The payload. from_full is missing in the oldest shape."""

    record_type: Loose = None
    message_id: Loose = Field(None, alias="MessageID")
    from_: str | None = Field(None, alias="From")
    from_name: Loose = None
    from_full: Mailbox | None = None
    to: Loose = None
    to_full: Mailboxes = []
    cc: Loose = None
    cc_full: Mailboxes = []
    bcc_full: Mailboxes = []
    original_recipient: Loose = None
    reply_to: Loose = None
    subject: str | None = None
    date: Loose = None
    text_body: str | None = None
    html_body: str | None = None
    stripped_text_reply: Loose = None
    mailbox_hash: Loose = None
    headers: Headers = []
    attachments: Files = []
    raw_email: Loose = None


MAIL_FIELDS = frozenset(
    {"from_", "from_full", "subject", "text_body", "html_body", "attachments", "raw_email", "original_recipient"}
)
"""One of these makes a payload a mail."""


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Unauthenticated without basic auth, Forged unless it is one of `secrets`."""
    if not secrets.match(request.basic_auth):
        raise Forged("basic auth doesn't match")
    return Verified()


def sign(request: Request, key: str) -> Request:
    """`request` with `user:password`."""
    return request.having(("Authorization", f"Basic {b64encode(key.encode()).decode()}"))


def parse(request: Request) -> list[Contact]:
    """One contact a mail. Raises Malformed with the field's path, and for a payload of another webhook."""
    body = request.json(InboundMail)
    if (body.record_type or "Inbound") != "Inbound":
        raise Malformed("RecordType", "Inbound", "the record of another webhook")
    if not body.model_fields_set & MAIL_FIELDS:
        raise Malformed("FromFull", "an inbound mail", "a payload without one")
    mail = _mail(body)
    found = address(body.original_recipient)
    mailbox_hash = line(body.mailbox_hash, 200)
    return [
        contact.contact(
            mail,
            provider=PROVIDER,
            provider_id=_id(body, mail),
            received_at=request.received_at,
            delivered_to=(found,) if found else (),
            new=cleaned(body.stripped_text_reply or ""),
            extra={"MailboxHash": mailbox_hash} if mailbox_hash else {},
        )
    ]


def _mail(body: InboundMail) -> Mail:
    raw = message.read(body.raw_email.encode()) if body.raw_email else Mail()
    given = apart.mail(
        Apart(
            headers=[(one.name, one.value) for one in body.headers if one and one.name and one.value is not None],
            sender=body.from_ or (body.from_full and body.from_full.email) or "",
            subject=body.subject or "",
            text=body.text_body or "",
            html=body.html_body or "",
            attachments=_attachments(body),
            left_out=len(body.attachments) > MOST_ATTACHMENTS,
        )
    )
    sender, name = _author(body)
    return replace(
        given,
        sender=sender or raw.sender,
        sender_name=name if sender else raw.sender_name,
        recipients=tuple(dict.fromkeys(_recipients(body) + raw.recipients)),
        subject=given.subject or raw.subject,
        text=given.text if (body.text_body or body.html_body or "").strip() else raw.text or given.text,
        attachments=max(raw.attachments, given.attachments, key=len),
        message_id=given.message_id or raw.message_id,
        in_reply_to=given.in_reply_to or raw.in_reply_to,
        date=rfc2822(body.date) or given.date or raw.date,
        left_out=raw.left_out or given.left_out,
        automatic=raw.automatic or given.automatic,
    )


def _author(body: InboundMail) -> tuple[Address | None, str | None]:
    name = line(body.from_name, 200)
    full = body.from_full or Mailbox()
    named = [(line(full.name, 200) or name, full.email or "")]
    named += [(told or name, bare) for told, bare in read_mailboxes(body.from_ or "")]
    answers = (one.value or "" for one in body.headers if one and (one.name or "").lower() == "reply-to")
    return author(named, read_mailboxes(body.reply_to or next(answers, "")))


def _recipients(body: InboundMail) -> tuple[Address, ...]:
    listed: list[str] = []
    for full, told in ((body.to_full, body.to), (body.cc_full, body.cc), (body.bcc_full, None)):
        named = [one.email for one in full if one and one.email]
        listed += named or [bare for _, bare in read_mailboxes(told or "")]
    return tuple(dict.fromkeys(found for found in map(address, listed) if found is not None))


def _attachments(body: InboundMail) -> tuple[Attachment, ...]:
    return tuple(_attachment(n, file) for n, file in enumerate(body.attachments[:MOST_ATTACHMENTS], 1) if file)


def _attachment(n: int, file: File) -> Attachment:
    """The file; one whose content can't be decoded is named without it, the mail's own words still count."""
    name, media_type = safe_name(file.name, f"attachment-{n}"), safe_media_type(file.content_type)
    content_id = line((file.content_id or "").strip("<>"), 250)
    content = _decoded(file.data if file.content is None else file.content)
    if content is None:
        return Attachment(name=name, media_type=media_type, content_id=content_id, inline=content_id is not None)
    return Attachment.of(name, media_type, content, content_id=content_id, inline=content_id is not None)


def _decoded(encoded: str | None) -> bytes | None:
    if encoded is None:
        return None
    try:
        return b64decode("".join(encoded.split()), validate=True)
    except ValueError:
        return None


def _id(body: InboundMail, mail: Mail) -> str:
    """Postmark's MessageID; where it is missing, a hash of what the mail says."""
    given = line(body.message_id, LONGEST_ID + 1)
    if given and len(given) <= LONGEST_ID:
        return given
    said = (
        mail.sender.value if mail.sender else "",
        mail.sender_name,
        *(one.value for one in mail.recipients),
        body.original_recipient,
        mail.subject,
        body.date,
        mail.message_id,
        mail.text,
        *(one.sha256 or one.name for one in mail.attachments),
    )
    return digest((value or "").encode("utf-8", "replace") for value in said)


CHANNEL = Channel(
    "postmark-inbound",
    PROVIDER,
    "/hooks/postmark/inbound",
    Medium.EMAIL,
    verify=verify,
    parse=parse,
    secrets="POSTMARK_BASIC_AUTH",
    sign=sign,
)
