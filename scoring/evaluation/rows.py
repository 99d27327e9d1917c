"""A message in a file: one JSON object a line, with labels or without, and the assessment that it comes back with.

    {"id": "1", "channel": "sms", "lang": "en", "subject": null, "text": "…", "severity": "S1", "skill": "lost-pet"}

Only `text` must be there; null or "" is an event without words. What else a row carries stays as it is. An assessed
row has `severity`, `probabilities`, `skill`, `skills`, `language` and `evidence`; what the row itself said under
these names, its labels, is kept under `labelled`, where they are read from if the row is assessed once more.

A line may also be a record of a pool's log, as `router tail pool --json` prints it: past contacts. Of those only
`contact.scored` counts.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, ValidationError, field_validator

from channels.contact import Contact, Frozen, Medium
from channels.errors import Problem
from scoring.model import Assessment, Severity, Skill

ADDED = ("severity", "probabilities", "skill", "skills", "language", "evidence")

MEDIA = {
    "sms": Medium.SMS,
    "mms": Medium.SMS,
    "text": Medium.SMS,
    "whatsapp": Medium.SMS,
    "email": Medium.EMAIL,
    "mail": Medium.EMAIL,
    "call": Medium.CALL,
    "phone": Medium.CALL,
    "voice": Medium.CALL,
    "voicemail": Medium.CALL,
    "ticket": Medium.TICKET,
    "web": Medium.TICKET,
    "form": Medium.TICKET,
    "social": Medium.SOCIAL,
    "chat": Medium.SOCIAL,
}
"""What files call a medium. Anything else is read as a ticket: neither a mail's quotes nor a call without words."""

# No answer depends on when a row's message came.
_WHENEVER = datetime(2026, 1, 1, tzinfo=UTC)


class BadRow(Problem):
    """A line of a file of messages can't be read."""

    def __init__(self, line: int, field: str, expected: str) -> None:
        super().__init__(f"line {line}: {field}: {expected}")
        self.line = line


class Row(Frozen):
    """id: the row's own, else its line. lang: what it is labelled with. raw: all that it carries.

    told: the contact itself, of a record of the log.
    """

    id: str = Field(max_length=300)
    channel: str | None = None
    lang: str | None = None
    subject: str | None = None
    text: str | None
    severity: Severity | None = None
    skill: Skill | None = None
    told: Contact | None = Field(default=None, exclude=True, repr=False)
    raw: dict[str, Any] = Field(default_factory=dict, exclude=True, repr=False)

    @field_validator("channel", "lang")
    @classmethod
    def _low(cls, value: str | None) -> str | None:
        return value.strip().lower() or None if value else None

    @field_validator("lang")
    @classmethod
    def _without_region(cls, value: str | None) -> str | None:
        return value.replace("_", "-").partition("-")[0] if value else None

    @property
    def medium(self) -> Medium:
        return MEDIA.get(self.channel or "", Medium.TICKET)


def read(line: int, content: bytes | str, *, labelled: bool = False) -> Row | None:
    """The row on that line, from 1; None for a record of the log that is no contact.

    labelled: it must say its severity. Raises BadRow, which names the field and never what stood there.
    """
    try:
        raw: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise BadRow(line, "the line", "expected one JSON object") from None
    if not isinstance(raw, dict):
        raise BadRow(line, "the line", f"expected a JSON object, got {_kind(raw)}")
    fields = _of_record(raw) if {"topic", "headers", "value"} <= raw.keys() else _of_row(raw)
    if fields is None:
        return None
    given = fields.get("id")
    if given is None or isinstance(given, int):
        fields["id"] = str(line if given is None else given)
    try:
        row = Row.model_validate({**fields, "raw": raw})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise BadRow(line, ".".join(map(str, first["loc"])), first["msg"]) from None
    if labelled and row.severity is None:
        raise BadRow(line, "severity", "expected the label 'S1', 'S2', 'S3' or 'S4'")
    return row


def _of_row(raw: dict[str, Any]) -> dict[str, Any]:
    kept = raw.get("labelled")
    labels: dict[str, Any] = kept if isinstance(kept, dict) else raw
    fields: dict[str, Any] = {
        **{name: raw[name] for name in ("id", "channel", "subject", "text", "lang") if name in raw},
        **{name: labels[name] for name in ("severity", "skill") if name in labels},
    }
    fields.setdefault("lang", labels.get("language"))
    return fields


def _of_record(raw: dict[str, Any]) -> dict[str, Any] | None:
    headers, value = raw["headers"], raw["value"]
    if not isinstance(headers, dict) or headers.get("ce_type") != "contact.scored" or not isinstance(value, dict):
        return None
    told = value.get("contact")
    fields: dict[str, Any] = {"id": value.get("contact_id"), "told": told}
    if isinstance(told, dict):
        fields |= {"channel": told.get("medium"), "subject": told.get("subject"), "text": told.get("text", "")}
    return fields


def contact(row: Row) -> Contact:
    """What a channel would have made of it, or did."""
    return row.told or Contact(
        provider="file",
        provider_id=row.id or "-",
        delivery=row.id or "-",
        medium=row.medium,
        subject=row.subject,
        text=row.text or "",
        happened_at=_WHENEVER,
    )


def added(assessment: Assessment) -> dict[str, Any]:
    """The fields of an assessed row, as JSON has them. probabilities is {} where there were no words to judge."""
    return {
        "severity": assessment.severity.value,
        "probabilities": {
            level.value: round(share, 6) for level, share in zip(Severity, assessment.probabilities, strict=False)
        },
        "skill": assessment.skill.value,
        "skills": [skill.value for skill in assessment.skills],
        "language": assessment.languages[0] if assessment.languages else None,
        "evidence": [each.model_dump(mode="json", exclude={"contact_id"}) for each in assessment.evidence],
    }


def assessed(raw: dict[str, Any], assessment: Assessment) -> dict[str, Any]:
    """The row with the assessment, its own labels under `labelled`."""
    kept = {name: value for name, value in raw.items() if name not in ADDED and name != "labelled"}
    labels = raw["labelled"] if "labelled" in raw else {name: raw[name] for name in ADDED if name in raw}
    return {**kept, **({"labelled": labels} if labels else {}), **added(assessment)}


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case _:
            return "a list"
