"""Something that was said in a ticket of Zendesk, and the contact that it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from channels.contact import Address, Contact, Direction, Medium
from channels.contract import Request
from channels.handles import handle
from channels.texts import bounded, cleaned, line

PROVIDER = "zendesk"

INVOCATION = "X-Zendesk-Webhook-Invocation-Id"
"""One a delivery: each try has it. Zendesk doesn't sign it, so it never stands for the event alone."""

LONGEST_ID = 200
LONGEST_INVOCATION = 100

NOBODY = frozenset({"", "0", "-1"})
"""Ids of Zendesk itself."""


@dataclass(frozen=True)
class Said:
    """id: of the event. ticket: its number. person: who asks, or answers. ours: our side's address, the ticket's brand.

    by_us: an agent said it, a machine of Zendesk, or it isn't for the person's eyes; then it is an outbound contact.
    name: of whoever said it. full_text: as it came, where `text` is less. message_id: of a comment or chat message.
    """

    id: str
    ticket: str
    text: str
    happened_at: datetime | None
    by_us: bool = False
    person: Address | None = None
    ours: Address | None = None
    name: str | None = None
    subject: str | None = None
    full_text: str | None = None
    message_id: str | None = None
    facts: dict[str, str | None] = field(default_factory=dict)


def contact(said: Said, request: Request) -> Contact:
    """The contact; what was said later in a ticket names it in `in_reply_to`."""
    text, full_text, cut = bounded(cleaned(said.text).strip(), cleaned(said.full_text or said.text).strip())
    sender, recipient = (said.ours, said.person) if said.by_us else (said.person, said.ours)
    ticket, invocation = f"zen:ticket:{said.ticket}", invoked(request)
    facts = {"ticket_id": said.ticket, **said.facts, "truncated": "text" if cut else None}
    lines = ((name, line(value)) for name, value in facts.items())
    return Contact(
        provider=PROVIDER,
        provider_id=said.id,
        delivery=said.id if invocation in (None, said.id) else f"{said.id}:{invocation}",
        medium=Medium.TICKET,
        direction=Direction.OUTBOUND if said.by_us else Direction.INBOUND,
        sender=sender,
        sender_name=line(said.name, 200),
        recipients=(recipient,) if recipient else (),
        subject=line(said.subject),
        text=text,
        full_text=full_text,
        message_id=line(said.message_id, 250) or ticket,
        in_reply_to=ticket if said.message_id else None,
        happened_at=said.happened_at or request.received_at,
        extra={name: value for name, value in lines if value},
    )


def invoked(request: Request) -> str | None:
    """The invocation's id, where it is told."""
    return line(request.header(INVOCATION), LONGEST_INVOCATION)


def user(user_id: str | None) -> Address | None:
    """`zendesk:user:<id>`; None for nobody."""
    return _handle("user", user_id)


def brand(brand_id: str | None) -> Address | None:
    """`zendesk:brand:<id>`, as router.yaml may list it to say which pool its tickets are for."""
    return _handle("brand", brand_id)


def _handle(kind: str, given: str | None) -> Address | None:
    told = line(given, LONGEST_ID) or ""
    return None if told in NOBODY else handle(PROVIDER, f"{kind}:{told}")
