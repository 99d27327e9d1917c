"""Contacts as they come, without a gateway: records of inbound.*, made of invented texts.

One in eight comes from somebody who has written shortly before; one in ten is a call that nobody has spoken on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from channels.contact import Address, AddressKind, Call, CallStatus, Contact, Medium
from router.model import cloudevents, ids
from router.model.cloudevents import Attributes, Message
from router.model.events import ContactReceived
from router.play.words import LINES

OURS = Address(kind=AddressKind.PHONE, value="+15550100100")
OPENINGS = ("", "Hi, ", "Hello there, ", "Good morning. ", "Sorry to bother you again. ", "Urgent!! ", "Please help. ")
DETAILS = (
    "",
    " The booking number is {n}.",
    " It began {n} minutes ago, and I have tried to call the sitter twice.",
    " We live at number {n}, the house with the green door.",
    " He is {n} months old and weighs very little. I don't know what else to tell you.",
    " I have written about it on Monday and nobody has answered; this is the {n}th time.",
)
MAILED = (
    "\n\nTo give you the whole story: we dropped our two dogs off on Friday around six, and all was well then. "
    "On Saturday the sitter sent pictures as agreed. Since Sunday we have heard nothing, although we have written "
    "{n} messages, and the phone goes to voicemail. The neighbour says that a light is on in the house. We are "
    "three hours away by train and can't be there before the evening. What do you suggest that we do?\n\n"
    "Kind regards\nA. Tester\n"
)
TEXTS = tuple(line.text for line in LINES if line.text)
RECENT = 200


def contacts(count: int, seed: int = 1) -> Iterator[Contact]:
    """`count` contacts of mixed media: seven texts, two mails and a call in ten. The same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for number in range(count):
        person = max(0, number - chance.randrange(1, RECENT)) if chance.random() < 0.125 else number
        medium = chance.choice((Medium.SMS,) * 7 + (Medium.EMAIL,) * 2 + (Medium.CALL,))
        delivery = f"bench-{seed}-{number}"
        yield _contact(medium, delivery, seed * 1_000_000 + person, _text(chance, medium))


def _text(chance: random.Random, medium: Medium) -> str:
    if medium is Medium.CALL:
        return ""
    words = chance.choice(OPENINGS) + chance.choice(TEXTS) + chance.choice(DETAILS)
    return (words + MAILED if medium is Medium.EMAIL else words).replace("{n}", str(chance.randrange(3, 999)))


def _contact(medium: Medium, delivery: str, person: int, text: str) -> Contact:
    sender = Address(kind=AddressKind.PHONE, value=f"+1555{person:08d}")
    if medium is Medium.EMAIL:
        sender = Address(kind=AddressKind.EMAIL, value=f"person{person}@example.org")
    return Contact(
        provider="bench",
        provider_id=delivery,
        delivery=delivery,
        medium=medium,
        sender=sender,
        recipients=(OURS,),
        subject="About our booking" if medium is Medium.EMAIL else None,
        text=text,
        call=Call(status=CallStatus.RINGING) if medium is Medium.CALL else None,
        happened_at=datetime.now(UTC),
    )


def record(contact: Contact) -> Message:
    """As the gateway writes it, received now."""
    now = datetime.now(UTC)
    contact_id = ids.contact_id(contact.provider, contact.provider_id)
    key = None if contact.sender is None else ids.address_key(b"bench", contact.sender)
    event = ContactReceived(contact_id=contact_id, address_key=key, contact=contact, received_at=now)
    attributes = Attributes(
        id=contact.delivery, type="contact.received", source="/channels/bench", subject=contact_id, time=now
    )
    return cloudevents.message(f"inbound.{contact.medium}", key or contact_id, event, attributes)
