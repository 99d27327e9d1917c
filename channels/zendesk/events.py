"""Zendesk tickets: webhooks that are subscribed to events (channels.zendesk.event), or that a trigger calls
(channels.zendesk.trigger).

Zendesk waits ten seconds and tries again at 409, 429 and 503; where most tries fail it stops calling for a while.
Files stay in the ticket.
"""

from __future__ import annotations

from pydantic import BaseModel

from channels.contact import Contact, Medium
from channels.contract import MIB, Channel, Request
from channels.loose import Loose
from channels.zendesk import event, signature, trigger
from channels.zendesk.said import INVOCATION, PROVIDER, contact


class _Kind(BaseModel):
    type: Loose = None


def parse(request: Request) -> list[Contact]:
    """One contact for what was said, none for any other event. Raises Malformed with the field's path."""
    kind = request.json(_Kind).type or ""
    said = event.said(request, kind) if kind.startswith(event.PREFIX) else trigger.said(request)
    return [] if said is None else [contact(said, request)]


CHANNEL = Channel(
    "zendesk-events",
    PROVIDER,
    "/hooks/zendesk/events",
    Medium.TICKET,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.sign,
    limit=4 * MIB,
    reads=(INVOCATION,),
)
