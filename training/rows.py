"""Labelled contacts: JSON, one a line, as `router evaluate` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from channels.contact import Contact, Medium
from scoring.model import Severity, Skill

HERE = Path(__file__).parent
MEDIA = {"sms": Medium.SMS, "email": Medium.EMAIL, "call": Medium.CALL}
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One contact and what the rubric says of it."""

    id: str
    contact: Contact
    language: str
    severity: Severity
    skill: Skill


def rows(folder: Path) -> tuple[Row, ...]:
    """Of all files in a folder, in the order of their names. Raises ValueError, KeyError for a line that is no row."""
    return tuple(row for file in sorted(folder.glob("*.jsonl")) for row in _of(file))


def _of(file: Path) -> Iterator[Row]:
    for line in file.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        contact = Contact(
            provider="rows",
            provider_id=found["id"],
            delivery=found["id"],
            medium=MEDIA[found["channel"]],
            subject=found["subject"],
            text=found["text"],
            happened_at=_LONG_AGO,
        )
        yield Row(found["id"], contact, found["lang"], Severity(found["severity"]), Skill(found["skill"]))
