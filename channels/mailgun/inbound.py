"""Mailgun routes: a mail comes in, taken apart and in UTF-8, or as it was sent where the URL ends in `mime`.

The forms differ by their fields alone, so either hook takes both. Mailgun's Message-Id is the writer's own and can be
forged, and its token is of the attempt; so the id is a hash of the mail.

`stripped-text` has no quotation and no signature. It is taken for a reply only: of a forwarded mail Mailgun strips
what was forwarded, and that is new to us.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter

from channels.contact import Address, Attachment, Contact, Medium
from channels.contract import Channel, Request
from channels.errors import Malformed
from channels.loose import OR_NONE, Loose
from channels.mail import apart, contact, message
from channels.mail.apart import Apart
from channels.mail.fingerprint import fingerprint
from channels.mail.headers import LONGEST as LONGEST_HEADER
from channels.mail.headers import read_mailboxes
from channels.mail.parts import MOST_ATTACHMENTS
from channels.mail.posted import Posted, attachment
from channels.mail.quotes import is_reply
from channels.mailgun import signature
from channels.media import LABEL, links
from channels.multipart import MULTIPART, URLENCODED
from channels.names import safe_media_type, safe_name
from channels.texts import cleaned, line

PROVIDER = "mailgun"

MAIL_FIELDS = ("body-mime", "body-plain", "body-html", "message-headers", "from", "subject")
"""One of these makes a form a mail."""

EXTRA = ("X-Mailgun-Sflag", "X-Mailgun-Sscore", "X-Mailgun-Spf", "X-Mailgun-Dkim-Check-Result")

THEIRS = links(rf"(?:{LABEL}\.)+mailgun\.(?:net|org|com)")
"""Where the files of a stored mail stay; fetching one takes an API key."""

_FILE = re.compile(r"(?:attachment|inline)-[0-9]{1,5}")


class Stored(BaseModel):
    """A file of a mail that a route's store() keeps at Mailgun."""

    url: Loose = None
    name: Loose = None
    content_type: Loose = Field(None, alias="content-type")
    size: Annotated[int | None, Field(ge=0), OR_NONE] = None


_HEADERS = TypeAdapter(list[Annotated[tuple[str, str] | None, OR_NONE]])
_CONTENT_IDS = TypeAdapter(dict[str, Loose])
_STORED = TypeAdapter(list[Annotated[Stored | None, OR_NONE]])


def parse(request: Request) -> list[Contact]:
    """One contact a mail. Raises Malformed for another webhook's event, and for a form without a mail."""
    if request.media_type == "application/json":
        raise Malformed("event-data", "an inbound mail", "the event of another webhook")
    form = Posted.of(request)
    if not any(name in form for name in MAIL_FIELDS):
        raise Malformed("body-plain", "an inbound mail", "a form without one")
    sent_to = message.addresses(read_mailboxes(form.text("recipient")))
    mail, identity = _raw(form, sent_to) if "body-mime" in form else _apart(form, sent_to)
    reply = is_reply(mail.subject, mail.in_reply_to)
    facts = {name: line(form.text(name)) for name in EXTRA}
    return [
        contact.contact(
            mail,
            provider=PROVIDER,
            provider_id=identity,
            received_at=request.received_at,
            delivered_to=sent_to,
            new=cleaned(form.text("stripped-text")) if reply else None,
            extra={name: fact for name, fact in facts.items() if fact},
        )
    ]


def _raw(form: Posted, sent_to: tuple[Address, ...]) -> tuple[message.Mail, str]:
    content = bytes(form.content("body-mime"))
    return message.read(content, _envelope_from(form)), fingerprint(content, (one.value for one in sent_to))


def _apart(form: Posted, sent_to: tuple[Address, ...]) -> tuple[message.Mail, str]:
    attachments = _attachments(form)
    told = Apart(
        headers=_headers(form),
        sender=form.text("from"),
        subject=form.text("subject"),
        text=form.text("body-plain"),
        html=form.text("body-html"),
        attachments=attachments,
        envelope_from=_envelope_from(form),
        left_out=form.longer("body-plain", "body-html") or len(attachments) < sum(1 for _ in form.files(_FILE)),
    )
    return apart.mail(told), apart.identity(told, sent_to, form.content("body-plain"), form.content("body-html"))


def _envelope_from(form: Posted) -> str | None:
    return form.text("sender") if "sender" in form else None


def _headers(form: Posted) -> tuple[tuple[str, str], ...]:
    """Of `message-headers`; where it can't be read, of the fields that have a header's name."""
    told = form.json("message-headers", _HEADERS, [])
    given = tuple(pair for pair in told if pair is not None)
    return given or tuple((part.name, part.text(most=LONGEST_HEADER)) for part in form.parts if part.name.istitle())


def _attachments(form: Posted) -> tuple[Attachment, ...]:
    content_ids = {name: content_id for content_id, name in form.json("content-id-map", _CONTENT_IDS, {}).items()}
    posted = islice(form.files(_FILE), MOST_ATTACHMENTS)
    sent = tuple(attachment(n, part, content_id=content_ids.get(part.name)) for n, part in enumerate(posted, 1))
    stored = form.json("attachments", _STORED, [])[:MOST_ATTACHMENTS]
    return sent or tuple(_stored(n, file) for n, file in enumerate(stored, 1) if file)


def _stored(n: int, file: Stored) -> Attachment:
    return Attachment(
        name=safe_name(file.name, f"attachment-{n}"),
        media_type=safe_media_type(file.content_type),
        size=file.size,
        url=file.url if file.url and THEIRS.fullmatch(file.url) else None,
    )


CHANNEL = Channel(
    "mailgun-inbound",
    PROVIDER,
    "/hooks/mailgun/inbound",
    Medium.EMAIL,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    options=(signature.MAX_AGE,),
    takes=(URLENCODED, MULTIPART),
)

MIME = replace(CHANNEL, name="mailgun-inbound-mime", path="/hooks/mailgun/inbound/mime")
