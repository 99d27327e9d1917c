"""Contacts to assess."""

from __future__ import annotations

from datetime import UTC, datetime

from channels.contact import Attachment, Contact, Direction, Medium
from scoring.assess import assess, by_rules
from scoring.model import Assessment, Evidence


def contact(
    text: str = "",
    *,
    subject: str | None = None,
    medium: Medium = Medium.SMS,
    direction: Direction = Direction.INBOUND,
    attachments: tuple[Attachment, ...] = (),
) -> Contact:
    return Contact(
        provider="test",
        provider_id="1",
        delivery="1",
        medium=medium,
        direction=direction,
        subject=subject,
        text=text,
        attachments=attachments,
        happened_at=datetime(2026, 3, 14, 9, 30, tzinfo=UTC),
    )


def scored(text: str = "", *, subject: str | None = None, medium: Medium = Medium.SMS) -> Assessment:
    return assess(contact(text, subject=subject, medium=medium))


def ruled(text: str = "", *, subject: str | None = None, medium: Medium = Medium.SMS) -> Assessment:
    """What the rules alone say."""
    return by_rules(contact(text, subject=subject, medium=medium))


def words_of(evidence: Evidence, given: Contact) -> str:
    """The characters that a piece of evidence points at."""
    field = given.text if evidence.field == "text" else given.subject or ""
    return field[evidence.start : evidence.end]
