"""`router rules`: what there is, whether its examples hold, and what a change moves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from router.cli import rows
from router.cli.main import build
from router.cli.rules_testing import NoRule
from router.stages.contract import Record
from scoring.rulefile import BadRules
from scoring.rules import load_rules
from tests.router.runtime.memory_log import START
from tests.scoring.evaluation.rule_sets import COUGH

EVENTS = Path(__file__).parents[2] / "golden" / "events"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(), ["rules", *map(str, arguments)], catch_exceptions=False)


def folder(path: Path, content: str = COUGH) -> Path:
    path.mkdir()
    (path / "vet.yaml").write_text(content)
    return path


def test_every_rule_is_listed_with_its_file() -> None:
    lines = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert [line["id"] for line in lines] == [rule.id for rule in load_rules().rules]
    breathing = next(line for line in lines if line["id"] == "vet.airway-breathing")
    assert (breathing["severity"], breathing["file"]) == ("S1", "vet-airway.yaml")
    assert "vet-airway.yaml" in run("list").stdout


def test_rules_whose_examples_hold_pass(tmp_path: Path) -> None:
    found = run("test", "--folder", folder(tmp_path / "rules"))
    assert (found.exit_code, "1 rules, 3 examples" in found.stdout) == (0, True)


def test_an_example_that_fails_is_shown_with_the_evidence_and_status_1(tmp_path: Path) -> None:
    broken = folder(tmp_path / "rules", COUGH.replace("he is coughing", "he is not coughing"))
    found = run("test", "--folder", broken)
    assert found.exit_code == 1
    assert "vet.cough should fire on" in found.stdout
    assert "S2 vet.cough lowers (negation) “coughing”" in found.stdout
    (told,) = [json.loads(line) for line in run("test", "--folder", broken, "--json").stdout.splitlines()]
    assert (told["rule"], told["expected"], told["evidence"][0]["scope"]) == ("vet.cough", "fires", "negation")


def test_a_language_without_an_example_fails(tmp_path: Path) -> None:
    found = run("test", "--folder", folder(tmp_path / "rules", COUGH.replace(", il tousse", "")))
    assert found.exit_code == 1
    assert "vet.cough has patterns in fr, and no example that they find" in found.stdout


def test_rules_are_chosen_by_the_beginning_of_their_ids() -> None:
    assert run("test", "vet.airway").exit_code == 0
    with pytest.raises(NoRule, match="no rule's id begins with"):
        run("test", "vet.aeroplane")


def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadRules, match=r"vet\.yaml: rule vet\.cough: severity: "):
        run("test", "--folder", folder(tmp_path / "rules", COUGH.replace("S2", "S9")))


def test_what_a_change_moves_is_shown_without_what_people_wrote(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "old"), folder(tmp_path / "new", COUGH.replace("S2", "S1"))
    file = tmp_path / "past.jsonl"
    said = '{"id": "7", "text": "my printer is coughing badly", "severity": "S1"}'
    file.write_text(said + '\n{"id": "8", "text": "thanks!"}\n')
    shown = run("diff", old, new, "--jsonl", file).stdout
    assert "1 raised, 0 lowered" in " ".join(shown.split())
    assert "1 is right now" in shown
    assert "badly" not in shown
    assert "badly" in run("diff", old, new, "--jsonl", file, "--reveal").stdout
    (told,) = [json.loads(line) for line in run("diff", old, new, "--jsonl", file, "--json").stdout.splitlines()]
    assert told.pop("before")["severity"] > "S1"  # as the model judges what a rule of two says
    assert told == {
        "id": "7",
        "after": {"severity": "S1", "skill": "emergency-vet"},
        "labelled": "S1",
        "rules": ["S1 vet.cough"],
        "without": ["S2 vet.cough"],
    }


def test_what_tail_prints_of_the_log_is_past_contacts(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(printed(name) for name in ("contact.scored", "command.claim", "contact.scored.ticket")))
    with_help = COUGH.replace("en: [coughing]", "en: [coughing, help]")
    shown = run("diff", folder(tmp_path / "old"), folder(tmp_path / "new", with_help), "--jsonl", file).stdout
    assert shown.startswith("2 contacts")


def printed(name: str) -> str:
    """An event as it has ever been on the log, as `router tail --json` shows it."""
    event = json.loads((EVENTS / f"{name}.json").read_text())
    headers = tuple((key, value.encode()) for key, value in event["headers"].items())
    return rows.as_json(Record("pool", 0, 1, b"k", json.dumps(event["value"]).encode(), headers, START))


def test_without_past_contacts_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert run("diff", folder(tmp_path / "old")).exit_code == 2
