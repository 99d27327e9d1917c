"""Labelled contacts: JSON, one a line, as `router evaluate` reads them, with all labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from channels.contact import Contact
from scoring.evaluation.rows import BadRow, contact, read
from scoring.model import Severity, Skill

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One contact and what the rubric says of it."""

    id: str
    contact: Contact
    language: str
    severity: Severity
    skill: Skill


def rows(folder: Path) -> tuple[Row, ...]:
    """Of all files in a folder, in the order of their names. Raises BadRow for a line that can't be read."""
    return tuple(row for file in sorted(folder.glob("*.jsonl")) for row in _of(file))


def _of(file: Path) -> Iterator[Row]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        found = read(number, line, labelled=True)
        if found is None or found.severity is None or found.skill is None or found.lang is None:
            raise BadRow(number, "severity, skill, lang", f"expected all three labels in {file.name}")
        yield Row(found.id, contact(found), found.lang, found.severity, found.skill)
