"""What an evaluation tells beside its figures."""

from __future__ import annotations

from dataclasses import replace

from scoring.evaluation.figures import figures
from scoring.evaluation.judged import Judged
from scoring.evaluation.report import report
from scoring.model import Severity, Skill
from tests.scoring.evaluation.judged_rows import many

ROWS = many("S1S1", "S1S4", "S1S2", "S4S4", "S3S1")


def of(*rows: Judged) -> dict[str, float | None]:
    return figures(rows)


def test_missed_emergencies_are_named() -> None:
    found = report(ROWS, "rules-1", seed=1, rounds=0)
    assert [row.id for row in found.missed] == ["r1", "r2"]
    assert found.figures["s1-as-s4"] == 1
    assert found.confusion[Severity.S3, Severity.S1] == 1
    assert found.intervals == {}


def test_skills_and_languages_count_only_where_they_are_labelled() -> None:
    plain = ROWS[0]
    skilled = replace(plain, given_skill=Skill.CLAIMS, got_skill=Skill.CONDUCT)
    assert of(plain)["skill"] is None
    assert of(plain, skilled)["skill"] == 0
    assert of(plain, skilled, replace(skilled, got_skill=Skill.CLAIMS))["skill"] == 0.5
    assert of(replace(plain, given_language="ca", got_languages=("es", "ca")))["language"] == 0
    assert of(replace(plain, given_language="ca", got_languages=("ca", "es")))["language"] == 1


def test_the_skills_that_are_most_often_mixed_up_come_first() -> None:
    wrong = [replace(ROWS[0], given_skill=Skill.CLAIMS, got_skill=got) for got in (Skill.CONDUCT, Skill.GENERAL) * 2]
    found = report([*wrong, wrong[0], ROWS[1]], "v", seed=1, rounds=0).mixed
    assert [(each.got, each.count) for each in found] == [(Skill.CONDUCT, 3), (Skill.GENERAL, 2)]


def test_languages_and_channels_are_told_apart_the_largest_first() -> None:
    languages = ("en", "fr", "en", None, "en")
    rows = [replace(row, given_language=language) for row, language in zip(ROWS, languages, strict=True)]
    found = report(rows, "v", seed=1, rounds=0)
    assert [(group.name, group.count, group.emergencies) for group in found.languages] == [
        ("en", 3, 2),
        ("-", 1, 0),
        ("fr", 1, 1),
    ]
    assert [group.name for group in found.channels] == ["sms"]
