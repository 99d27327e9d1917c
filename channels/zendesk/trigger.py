"""Zendesk's trigger and automation webhooks: they send the JSON that an administrator has written. Ours is flat:

    {"ticket_id": "{{ticket.id}}", "subject": "{{ticket.title}}", "comment": "{{ticket.latest_public_comment}}",
     "requester_id": "{{ticket.requester.id}}", "requester_name": "{{ticket.requester.name}}",
     "requester_email": "{{ticket.requester.email}}", "requester_phone": "{{ticket.requester.phone}}",
     "brand": "{{ticket.brand.name}}", "updated_at": "{{ticket.updated_at_with_timestamp}}"}

Needed is ticket_id, and subject or comment. Who asks is known by their e-mail address, else phone number, else id:
so the ticket is one person's with their mails and calls. `status`, `priority`, `type`, `tags`, `via` are kept; other
fields pass. The names that other systems' guides give these placeholders (`ticket_title`, `ticket_description`,
`requester_full_name`, …) are taken too. `is_public` false, or `author_is_staff` true, make it outbound.

The event has no id, so the invocation's is the contact's: a webhook of this kind and one of events for the same
tickets would tell everything twice.
"""

from __future__ import annotations

import re

from pydantic import AliasChoices, BaseModel, Field

from channels.contact import Address
from channels.contract import Request
from channels.errors import Malformed
from channels.loose import Loose, LooseId
from channels.mail.address import address
from channels.mail.fingerprint import digest
from channels.phones import phone
from channels.texts import cleaned, line
from channels.times import iso8601
from channels.zendesk.event import LooseBool
from channels.zendesk.said import LONGEST_ID, Said, brand, invoked, user

_HEAD = re.compile(r"\s*-{10,}\n+[^\n]{1,300}\n\s*\n")
"""How Zendesk begins a comment that it formats: a rule, then who wrote it and when."""


class Trigger(BaseModel):
    ticket_id: LooseId = None
    subject: str | None = Field(None, validation_alias=AliasChoices("subject", "ticket_title", "title"))
    comment: str | None = Field(
        None, validation_alias=AliasChoices("comment", "latest_comment", "ticket_description", "description")
    )
    comment_id: LooseId = None
    is_public: LooseBool = None
    author_is_staff: LooseBool = None
    requester_id: LooseId = None
    requester_email: Loose = None
    requester_phone: LooseId = None
    requester_name: Loose = Field(None, validation_alias=AliasChoices("requester_name", "requester_full_name"))
    brand: Loose = Field(None, validation_alias=AliasChoices("brand", "brand_id"))
    status: Loose = Field(None, validation_alias=AliasChoices("status", "ticket_status"))
    priority: Loose = Field(None, validation_alias=AliasChoices("priority", "ticket_priority"))
    type: Loose = Field(None, validation_alias=AliasChoices("type", "ticket_type"))
    tags: Loose = Field(None, validation_alias=AliasChoices("tags", "ticket_tags"))
    via: Loose = Field(None, validation_alias=AliasChoices("via", "ticket_via"))
    updated_at: Loose = None

    @property
    def person(self) -> Address | None:
        given = line(self.requester_phone, 100)
        return address(self.requester_email) or (phone(given) if given else None) or user(self.requester_id)


def said(request: Request) -> Said:
    """What the webhook says. Raises Malformed with the field."""
    told = request.json(Trigger)
    ticket = line(told.ticket_id, LONGEST_ID)
    if not ticket:
        raise Malformed("ticket_id", "the ticket's number", "nothing")
    comment = cleaned(told.comment or "")
    if not comment.strip() and not (told.subject or "").strip():
        raise Malformed("comment", "what was written, or a subject", "nothing")
    by_us = told.is_public is False or told.author_is_staff is True
    names = ("status", "priority", "type", "tags", "via")
    return Said(
        id=invoked(request) or digest([request.body]),
        ticket=ticket,
        text=_HEAD.sub("", comment, count=1) if _HEAD.match(comment) else comment,
        full_text=comment,
        happened_at=iso8601(told.updated_at),
        by_us=by_us,
        person=told.person,
        ours=brand(told.brand),
        name=None if by_us else told.requester_name,
        subject=told.subject,
        message_id=told.comment_id,
        facts={name: getattr(told, name) for name in names},
    )
