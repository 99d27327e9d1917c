"""Zendesk's event webhooks: which events say something, and what (Zendesk, "Ticket events", "Messaging events").

A new ticket and each comment and chat message is a contact of its own; the ticket's number is with it. What an agent
writes, and what only agents may read, is outbound: it is on record and never opens an incident. An agent who asked
for help in the ticket is a person like any other. Who files a ticket for somebody else says it for them. The ticket's
subject is part of what it was opened with; in what is said later it would raise the alarm again each time.

Everything else about a ticket (its status, tags, assignee) makes no contact: whether somebody still waits is decided
at the desk, and events come in no order, so that a late "solved" could hide a new question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import BaseModel

from channels.contract import Request
from channels.errors import Malformed
from channels.loose import OR_NONE, Loose, LooseId, Texts, otherwise
from channels.texts import line
from channels.times import iso8601
from channels.zendesk.said import LONGEST_ID, Said, brand, user

PREFIX = "zen:event-type:"
TICKET = "zen:ticket:"

LooseBool = Annotated[bool | None, OR_NONE]


class Via(BaseModel):
    channel: Loose = None


class Ticket(BaseModel):
    """`detail` of a ticket's event, as the ticket is now; of a chat's event it has the id alone."""

    id: LooseId = None
    brand_id: LooseId = None
    description: str | None = None
    is_public: LooseBool = None
    priority: Loose = None
    requester_id: LooseId = None
    status: Loose = None
    subject: Loose = None
    tags: Texts = []
    type: Loose = None
    via: Annotated[Via, otherwise(Via)] = Via()

    @property
    def facts(self) -> dict[str, str | None]:
        return {
            "status": self.status,
            "priority": self.priority,
            "type": self.type,
            "tags": ", ".join(tag for tag in self.tags if tag),
            "via": self.via.channel,
        }


class Author(BaseModel):
    id: LooseId = None
    is_staff: LooseBool = None
    name: Loose = None


class Comment(BaseModel):
    id: LooseId = None
    body: str | None = None
    is_public: LooseBool = None
    author: Annotated[Author, otherwise(Author)] = Author()


class Actor(BaseModel):
    id: LooseId = None
    name: Loose = None
    type: Loose = None


class Message(BaseModel):
    id: LooseId = None
    body: str | None = None


class Change(BaseModel):
    """`event`: what happened; which of these is there depends on its type."""

    comment: Comment | None = None
    message: Message | None = None
    actor: Annotated[Actor, otherwise(Actor)] = Actor()
    conversation_id: LooseId = None


class Event(BaseModel):
    id: LooseId = None
    time: Loose = None
    subject: Loose = None
    detail: Ticket
    event: Change = Change()

    @property
    def ticket(self) -> str:
        """Its number. Raises Malformed where it is missing."""
        subject = self.subject or ""
        found = line(self.detail.id, LONGEST_ID) or line(subject.removeprefix(TICKET) if TICKET in subject else None)
        if not found:
            raise Malformed("detail.id", "the ticket's number", "nothing")
        return found


OUR_ACTORS = frozenset({"agent", "system", "trigger"})
"""Who else than the person may write in a chat: `actor.type`."""


def said(request: Request, kind: str) -> Said | None:
    """What an event of this type says; None for one that says nothing. Raises Malformed with the field's path."""
    read = SAYING.get(kind.removeprefix(PREFIX))
    return None if read is None else read(request.json(Event))


def _created(told: Event) -> Said:
    ticket = told.detail
    return Said(
        id=_id(told),
        ticket=told.ticket,
        text=ticket.description or "",
        happened_at=iso8601(told.time),
        person=user(ticket.requester_id),
        ours=brand(ticket.brand_id),
        subject=ticket.subject,
        facts=ticket.facts | _public(ticket.is_public),
    )


def _commented(told: Event) -> Said:
    ticket, comment = told.detail, told.event.comment
    if comment is None or comment.body is None:
        raise Malformed("event.comment.body", "what was written", "nothing")
    author = comment.author
    asks = author.id is None or author.id == ticket.requester_id
    by_us = comment.is_public is False or (author.is_staff is True and not asks)
    return Said(
        id=_id(told),
        ticket=told.ticket,
        text=comment.body,
        happened_at=iso8601(told.time),
        by_us=by_us,
        person=user(ticket.requester_id if by_us or author.id is None else author.id),
        ours=brand(ticket.brand_id),
        name=author.name,
        message_id=comment.id,
        facts=ticket.facts | {"subject": ticket.subject} | _public(comment.is_public),
    )


def _chatted(told: Event) -> Said:
    message, actor = told.event.message, told.event.actor
    if message is None or message.body is None:
        raise Malformed("event.message.body", "what was written", "nothing")
    by_us = (actor.type or "").strip().lower() in OUR_ACTORS
    return Said(
        id=_id(told),
        ticket=told.ticket,
        text=message.body,
        happened_at=iso8601(told.time),
        by_us=by_us,
        person=None if by_us else user(actor.id),
        name=actor.name,
        message_id=message.id,
        facts={"conversation_id": told.event.conversation_id, "via": "messaging"},
    )


SAYING: Mapping[str, Callable[[Event], Said]] = {
    "ticket.created": _created,
    "ticket.comment_added": _commented,
    "messaging_ticket.message_added": _chatted,
}
"""Events that say something, by their type."""


def _id(told: Event) -> str:
    found = line(told.id, LONGEST_ID + 1)
    if not found or len(found) > LONGEST_ID:
        raise Malformed(
            "id", f"the event's id, of at most {LONGEST_ID} characters", "other text" if found else "nothing"
        )
    return found


def _public(public: bool | None) -> dict[str, str | None]:
    return {} if public is None else {"public": "yes" if public else "no"}
