"""The rows that the model learns from, is tuned on and is measured by: as they should be, and apart from each other."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from channels.contact import Medium
from scoring.evaluation.rows import BadRow
from scoring.model import Severity, Skill
from tests.shared import SHARED, needs_shared
from training.rows import HERE, rows

JUDGED = {name: HERE / "judged" / name for name in ("tuning", "aside", "genres", "inbox")}
FOLDERS = {"rows": HERE / "rows", **JUDGED}
LANGUAGES = {"en", "es", "fr", "de", "it", "ca", "pt", "nl"}
ROW = {"id": "a", "channel": "call", "lang": "en", "subject": None, "text": "x", "severity": "S2", "skill": "claims"}
DEV = SHARED / "data" / "severity_dev.jsonl"


def lines(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    return [
        (file.stem, json.loads(line))
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def said(subject: str | None, text: str) -> str:
    """The same for texts that only differ in case, marks and blanks."""
    return " ".join("".join(c if c.isalnum() else " " for c in f"{subject or ''} {text}".casefold()).split())


def texts(name: str) -> set[str]:
    """Of more than one word: anybody may write "stop", or nothing but an emoji."""
    told = {said(row.contact.subject, row.contact.text) for row in rows(FOLDERS[name])}
    return {text for text in told if " " in text}


@pytest.mark.parametrize("name", FOLDERS)
def test_each_row_is_whole_and_in_its_languages_file(name: str) -> None:
    for file, row in lines(FOLDERS[name]):
        assert set(row) >= {"id", "channel", "lang", "subject", "text", "severity", "skill", "skills"}, row["id"]
        assert row["lang"] == file, row["id"]
        assert row["skills"][0] == row["skill"], row["id"]
        assert set(row["skills"]) <= set(Skill), row["id"]
        assert row["text"].strip() or row["subject"], row["id"]
        assert row["channel"] == "email" or not row["subject"], row["id"]


@pytest.mark.parametrize("name", FOLDERS)
def test_every_level_skill_language_and_channel_is_there(name: str) -> None:
    found = rows(FOLDERS[name])
    assert {row.severity for row in found} == set(Severity)
    assert {row.skill for row in found} == set(Skill)
    assert {row.language for row in found} == LANGUAGES
    assert {row.contact.medium for row in found} == {Medium.SMS, Medium.EMAIL, Medium.CALL}


@pytest.mark.parametrize("name", FOLDERS)
def test_each_language_has_every_level(name: str) -> None:
    found = Counter((row.language, row.severity) for row in rows(FOLDERS[name]))
    assert [each for each in product(sorted(LANGUAGES), Severity) if not found[each]] == []


def test_there_are_as_many_as_a_model_needs_and_a_third_of_the_judged_is_kept_aside() -> None:
    learned, tuning, aside = (len(rows(FOLDERS[name])) for name in ("rows", "tuning", "aside"))
    assert learned >= 3_000
    assert tuning + aside >= 600
    assert aside >= (tuning + aside) / 3


def test_ids_are_of_one_row_each() -> None:
    ids = Counter(row.id for folder in FOLDERS.values() for row in rows(folder))
    assert [id_ for id_, count in ids.items() if count > 1] == []


def test_nothing_that_is_judged_was_learned() -> None:
    seen = Counter(text for name in FOLDERS for text in texts(name))
    assert [text for text, folders in seen.items() if folders > 1] == []


@needs_shared
@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_comes_from_the_rows_that_measure(name: str) -> None:
    measured = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]
    assert {said(row["subject"], row["text"]) for row in measured} & texts(name) == set()


def test_a_file_is_read_as_contacts(tmp_path: Path) -> None:
    (tmp_path / "en.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    (found,) = rows(tmp_path)
    assert (found.id, found.language, found.severity, found.skill) == ("a", "en", Severity.S2, Skill.CLAIMS)
    assert (found.contact.medium, found.contact.text) == (Medium.CALL, "x")


@pytest.mark.parametrize(("field", "value"), [("severity", "S5"), ("skill", "vet"), ("severity", None), ("lang", None)])
def test_a_row_without_its_labels_is_refused(tmp_path: Path, field: str, value: str | None) -> None:
    (tmp_path / "en.jsonl").write_text(json.dumps({**ROW, field: value}), encoding="utf-8")
    with pytest.raises(BadRow, match=f"line 1: .*{field}"):
        rows(tmp_path)
