"""One request or mail as the edge got it, and the events that it becomes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from channels.contact import Contact, Medium
from channels.errors import Malformed
from router.gateway.came import Came
from router.model import cloudevents, dead_letters, ids
from router.model.cloudevents import Attributes, Message
from router.model.events import Blob, ContactReceived, DeadLetter

LARGEST_EVENT = 7 * 1024 * 1024
"""Bytes; what a stage adds to it must fit in the topics' largest record too (topics.yaml)."""

STAGE = "gateway"


@dataclass(frozen=True)
class Delivery:
    """raw: the body, untouched. channel: its name, for metrics and dead letters.

    came: how, for reading it again should it be dead-lettered. tries: which one this is.
    """

    channel: str
    provider: str
    medium: Medium
    raw: bytes
    media_type: str
    received_at: datetime
    traceparent: str
    came: Came | None = None
    tries: int = 1

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.raw)

    @property
    def blob(self) -> Blob:
        return Blob(sha256=self.sha256, size=self.size, media_type=self.media_type)


@dataclass(frozen=True)
class Ready:
    """A contact as it goes onto the log, and the attachments' bytes to store before it.

    outcome: what the metrics count it as: "accepted", or which kind of automatic mail that is kept off the queues.
    """

    contact_id: str
    message: Message
    attachments: tuple[bytes, ...]
    outcome: str = "accepted"


def ready(delivery: Delivery, contacts: Sequence[Contact], id_key: bytes) -> tuple[Ready, ...]:
    """Raises Malformed for a contact that no event can hold."""
    return tuple(_ready(delivery, contact, id_key) for contact in contacts)


def _ready(delivery: Delivery, contact: Contact, id_key: bytes) -> Ready:
    contact_id = ids.contact_id(contact.provider, contact.provider_id)
    address_key = None if contact.sender is None else ids.address_key(id_key, contact.sender)
    event = ContactReceived(
        contact_id=contact_id,
        address_key=address_key,
        contact=contact,
        raw=delivery.blob,
        received_at=delivery.received_at,
    )
    message = cloudevents.message(
        topic=f"inbound.{contact.medium}",
        key=_key(contact, contact_id, address_key),
        value=event,
        attributes=Attributes(
            id=contact.delivery,
            type="contact.updated" if contact.update else "contact.received",
            source=f"/channels/{contact.provider}",
            subject=contact_id,
            time=delivery.received_at,
            traceparent=delivery.traceparent,
        ),
    )
    if len(message.value or b"") > LARGEST_EVENT:
        if contact.full_text is None:
            raise Malformed("contact", f"at most {LARGEST_EVENT} bytes", "more")
        # The full text is in the raw blob; the event keeps what is new in it.
        return _ready(delivery, contact.model_copy(update={"full_text": None}), id_key)
    contents = tuple(part.content for part in contact.attachments if part.content is not None)
    kept_out = contact.automatic is not None and contact.automatic.kept_out
    return Ready(contact_id, message, contents, str(contact.automatic) if kept_out else "accepted")


def _key(contact: Contact, contact_id: str, address_key: str | None) -> str:
    """A call's events stay in order by its id; all else by whose it is; who withholds that stands alone."""
    if contact.medium is Medium.CALL:
        return contact.provider_id
    return address_key or contact_id


def dead_letter(delivery: Delivery, reason: str, problem: Malformed | None = None) -> Message:
    """The raw body as it came, and why it can't be read. One too large for a record lies in the blob store only."""
    letter = DeadLetter(
        stage=STAGE,
        reason=reason,
        field=problem and problem.field,
        expected=problem and problem.expected,
        got=problem and problem.got,
        topic=f"inbound.{delivery.medium}",
        at=delivery.received_at,
        tries=delivery.tries,
    )
    headers = cloudevents.headers(
        Attributes(
            id=f"{delivery.channel}:{delivery.sha256}",
            type="delivery.unreadable",
            source=f"/channels/{delivery.provider}",
            subject=delivery.channel,
            time=delivery.received_at,
            traceparent=delivery.traceparent,
        ),
        tombstone=True,
    )
    own = (
        ("channel", delivery.channel.encode()),
        ("raw_sha256", delivery.sha256.encode()),
        ("raw_size", str(delivery.size).encode()),
        ("content-type", delivery.media_type.encode("utf-8", "replace")),
    )
    came = () if delivery.came is None else (delivery.came.header(),)
    payload = delivery.raw if len(delivery.raw) <= LARGEST_EVENT else b""
    return dead_letters.message(letter, delivery.sha256.encode(), payload, headers + own + came)
