"""`router evaluate`: figures of labelled rows, limits for CI, and nothing that people wrote unless it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from router.cli.evaluate_plot import NothingToPlot, draw
from router.cli.evaluating import NoRows
from router.cli.main import build
from router.cli.score_lines import BadLine
from scoring.evaluation.limits import BadLimit
from scoring.evaluation.report import report
from tests.scoring.evaluation.judged_rows import judged, many

ROWS = (
    {"id": "a", "channel": "sms", "lang": "en", "text": "my cat is not breathing", "severity": "S1"},
    {"id": "b", "channel": "sms", "lang": "en", "text": "a private matter", "severity": "S1", "skill": "lost-pet"},
    {"id": "c", "channel": "email", "lang": "fr", "text": "comment changer mon mot de passe", "severity": "S4"},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "rows.jsonl"
    found.write_text("\n".join(map(json.dumps, ROWS)))
    return found


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(), ["evaluate", *map(str, arguments)], catch_exceptions=False)


def test_figures_are_shown_and_the_missed_named_without_their_words(file: Path) -> None:
    found = run(file)
    assert found.exit_code == 0
    assert "3 rows, judged by rules-" in found.stdout
    assert "missed S1 (1)" in found.stdout
    assert "private" not in found.stdout
    assert "a private matter" in run(file, "--reveal").stdout


def test_json_says_it_all(file: Path) -> None:
    text = run(file, "--json").stdout
    found = json.loads(text)
    assert found["figures"]["s1-recall"]["value"] == 0.5
    assert found["figures"]["s1-as-s4"] == {"value": 1.0, "interval": [0.0, 3.0]}
    assert found["confusion"]["S1"] == {"S1": 1, "S2": 0, "S3": 0, "S4": 1}
    assert found["missed"] == [{"id": "b", "got": "S4"}]
    assert found["skills"] == [{"given": "lost-pet", "got": "general", "count": 1}]
    assert found["languages"]["fr"]["rows"] == 1
    assert text == run(file, "--json").stdout


def test_a_figure_that_is_not_reached_is_named_with_status_1(file: Path) -> None:
    found = run(file, "--least", "s1-recall=0.97", "--least", "accuracy=0.5", "--most", "s1-as-s4=0")
    assert found.exit_code == 1
    assert "s1-recall is 0.5, expected at least 0.97" in found.stdout
    assert "s1-as-s4 is 1, expected at most 0" in found.stdout
    assert "accuracy is" not in found.stdout
    assert run(file, "--least", "s1-recall=0.5").exit_code == 0


def test_what_cannot_be_evaluated_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadLimit):
        run(file, "--least", "recall=1")
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(NoRows):
        run(empty)
    file.write_text('{"text": "x"}')
    with pytest.raises(BadLine, match=r"rows\.jsonl: line 1: severity: expected the label"):
        run(file)


def test_everyday_texts_are_counted_from_any_shape(tmp_path: Path) -> None:
    shapes = {
        "a.csv": '\ufefftext,category\n"my cat is\nnot breathing",x\nthanks!,y\n',
        "b.json": json.dumps({"train": [["my cat is not breathing", "x"]], "val": ["thanks!"]}),
        "c.jsonl": '{"text": "my cat is not breathing"}\n{"text": "thanks!"}\n',
        "d.txt": "my cat is not breathing\n\nthanks!\n",
    }
    for name, content in shapes.items():
        (tmp_path / name).write_text(content)
    for name in shapes:
        found = json.loads(run(tmp_path / name, "--ordinary", "--json").stdout)
        assert (name, found["texts"], found["figures"]["urgent"]) == (name, 2, 0.5)
    found = run(*(tmp_path / name for name in shapes), "--ordinary", "--most", "urgent=0.005")
    assert found.exit_code == 1
    assert "8 texts" in found.stdout
    assert "vet.airway-breathing" in found.stdout
    assert "my cat" not in found.stdout


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "words\nx\n", "a.csv: line 1: expected a column 'text'; --column names another"),
        ("a.json", "{", "a.json: expected JSON"),
        ("a.json", '{"train": 3}', "a.json: train: expected a list of texts"),
        ("a.json", '{"train": ["x", 3]}', r"a.json: train, number 2: expected a text, \[text, intent\]"),
        ("a.txt.gz", "x", "a.txt.gz: expected a gzipped file"),
    ],
)
def test_a_collection_in_no_known_shape_is_refused(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(BadLine, match=sentence):
        run(tmp_path / name, "--ordinary")


def test_the_plot_is_a_picture(tmp_path: Path) -> None:
    rows = [
        judged("S1", "S1", 0.8, 0.2, 0, 0),
        judged("S3", "S2", 0.1, 0.5, 0.4, 0),
        judged("S4", "S4", 0, 0, 0.1, 0.9),
    ]
    draw(report(rows, "v", seed=1, rounds=0), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_without_probabilities_there_is_nothing_to_plot(tmp_path: Path) -> None:
    bare = [replace(row, probabilities=()) for row in many("S1S1")]
    with pytest.raises(NothingToPlot):
        draw(report(bare, "v", seed=1, rounds=0), tmp_path / "plot.png")
