"""CloudEvents over HTTP, signed as Standard Webhooks: the way in for any other system.

One event type is read, `contact.created`; one of another type, or with data of another shape, is kept and
dead-lettered with the field's path. So is a batch that holds such an event; its others are taken.
"""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from channels import standard_webhooks
from channels.contact import Contact, Medium
from channels.contract import MIB, Channel, Request, Secrets, Verified, malformed
from channels.errors import Malformed, PartlyMalformed
from channels.events import contact_created
from channels.events.contact_created import PROVIDER, TYPE, ContactCreated
from channels.events.envelope import BATCH, STRUCTURED, Event, events

SECRETS = "EVENTS_SECRETS"


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Unauthenticated without a signature, Forged unless one of `secrets` made one in the last five minutes."""
    standard_webhooks.check(request, secrets, SECRETS)
    return Verified()


def sign(request: Request, key: str) -> Request:
    """`request` signed now, under its `ce-id`; where it has none, under a hash of the body."""
    message_id = request.header("ce-id") or f"msg_{hashlib.sha256(request.body).hexdigest()[:32]}"
    return standard_webhooks.signed(request, message_id, key)


def parse(request: Request) -> list[Contact]:
    """One contact an event. Raises Malformed with the field's path, in a batch behind the event's number.

    Of several that can't be read the first is named; PartlyMalformed has the contacts of the others.
    """
    found: list[Contact] = []
    wrong: list[Malformed] = []
    for event in events(request):
        try:
            found.append(_contact(event, request))
        except Malformed as problem:
            wrong.append(problem)
    if wrong and found:
        raise PartlyMalformed(wrong[0].field, wrong[0].expected, wrong[0].got, tuple(found))
    if wrong:
        raise wrong[0]
    return found


def _contact(event: Event, request: Request) -> Contact:
    if event.attributes.type != TYPE:
        raise Malformed(event.named("type"), TYPE, "another type")
    try:
        data = ContactCreated.model_validate(event.data)
    except ValidationError as error:
        problem = malformed(error)
        expected = problem.expected.removeprefix("Value error, ")
        raise Malformed(event.path(problem.field), expected, problem.got) from None
    return contact_created.contact(event, data, request.received_at)


CHANNEL = Channel(
    "events",
    PROVIDER,
    "/hooks/events",
    Medium.TICKET,
    verify=verify,
    parse=parse,
    secrets=SECRETS,
    sign=sign,
    limit=10 * MIB,
    takes=(STRUCTURED, BATCH, "application/json"),
    reads=("ce-*", standard_webhooks.ID),
)
