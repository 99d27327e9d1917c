"""SendGrid Inbound Parse: a mail comes in, taken apart into a form, or raw in its field `email`.

It has no id of SendGrid's, so the id is a hash of the mail. Fields are in the charset of the mail that they were
taken from, which `charsets` names for each. Any 4xx makes SendGrid drop the mail without a bounce.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter

from channels.contact import Address, Attachment, Contact, Medium
from channels.contract import Channel, Request
from channels.errors import Malformed
from channels.loose import OR_NONE, Loose, Texts
from channels.mail import apart, contact, message
from channels.mail.address import address
from channels.mail.apart import Apart
from channels.mail.fingerprint import fingerprint
from channels.mail.parsing import LONGEST_HEAD
from channels.mail.parts import MOST_ATTACHMENTS
from channels.mail.posted import Posted, attachment
from channels.multipart import MULTIPART
from channels.sendgrid import signature
from channels.texts import line

PROVIDER = "sendgrid"

MAIL_FIELDS = ("email", "headers", "from", "subject", "text", "html")
"""One of these makes a form a mail."""

EXTRA = ("SPF", "dkim", "spam_score")

_FILE = re.compile(r"attachment[0-9]{1,5}")


class Envelope(BaseModel):
    """Whom SMTP named. from_: empty for a null path, None where it isn't told."""

    to: Texts = []
    from_: Loose = Field(None, alias="from")


class File(BaseModel):
    """What `attachment-info` tells of a file; the type's charset isn't needed."""

    filename: Loose = None
    name: Loose = None
    type: Loose = None
    content_id: Loose = Field(None, alias="content-id")


NO_FILE = File.model_validate({})
NO_ENVELOPE = Envelope.model_validate({})

_ENVELOPE = TypeAdapter(Envelope)
_FILES = TypeAdapter(dict[str, Annotated[File | None, OR_NONE]])
_NAMES = TypeAdapter(dict[str, Loose])


def parse(request: Request) -> list[Contact]:
    """One contact a mail. Raises Malformed for what is no form, and for a form without a mail."""
    form = Posted.of(request)
    if not any(name in form for name in MAIL_FIELDS):
        raise Malformed("email", "an inbound mail", "a form without one")
    envelope = form.json("envelope", _ENVELOPE, NO_ENVELOPE)
    sent_to = tuple(dict.fromkeys(found for found in map(address, envelope.to) if found is not None))
    mail, identity = _raw(form, envelope, sent_to) if "email" in form else _apart(form, envelope, sent_to)
    facts = {name: line(form.text(name)) for name in EXTRA}
    return [
        contact.contact(
            mail,
            provider=PROVIDER,
            provider_id=identity,
            received_at=request.received_at,
            delivered_to=sent_to,
            extra={name: fact for name, fact in facts.items() if fact},
        )
    ]


def _raw(form: Posted, envelope: Envelope, sent_to: tuple[Address, ...]) -> tuple[message.Mail, str]:
    content = bytes(form.content("email"))
    return message.read(content, envelope.from_), fingerprint(content, (one.value for one in sent_to))


def _apart(form: Posted, envelope: Envelope, sent_to: tuple[Address, ...]) -> tuple[message.Mail, str]:
    charsets = form.json("charsets", _NAMES, {})
    attachments = _attachments(form)
    told = Apart(
        headers=apart.pairs(bytes(form.content("headers")[:LONGEST_HEAD])),
        sender=form.text("from", charsets.get("from")),
        to=form.text("to", charsets.get("to")),
        cc=form.text("cc", charsets.get("cc")),
        subject=form.text("subject", charsets.get("subject")),
        text=form.text("text", charsets.get("text")),
        html=form.text("html", charsets.get("html")),
        attachments=attachments,
        envelope_from=envelope.from_,
        left_out=form.longer("headers", "text", "html") or len(attachments) < sum(1 for _ in form.files(_FILE)),
    )
    return apart.mail(told), apart.identity(told, sent_to, form.content("text"), form.content("html"))


def _attachments(form: Posted) -> tuple[Attachment, ...]:
    files = form.json("attachment-info", _FILES, {})
    content_ids = {name: content_id for content_id, name in form.json("content-ids", _NAMES, {}).items() if name}
    found = []
    for n, part in enumerate(islice(form.files(_FILE), MOST_ATTACHMENTS), 1):
        told = files.get(part.name) or NO_FILE
        found.append(
            attachment(
                n,
                part,
                name=told.filename or told.name,
                media_type=told.type,
                content_id=told.content_id or content_ids.get(part.name),
            )
        )
    return tuple(found)


CHANNEL = Channel(
    "sendgrid-inbound",
    PROVIDER,
    "/hooks/sendgrid/inbound",
    Medium.EMAIL,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    options=(signature.BASIC_AUTH,),
    switches=(signature.BASIC_AUTH,),
    takes=(MULTIPART,),
)
