"""`router score`: by hand, and a file of rows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from router.cli.main import build
from router.cli.score_lines import BadLine

ROW = {"id": "1", "text": "my cat is not breathing", "severity": "S1", "tags": ["ä"]}


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(build(), ["score", *arguments], input=stdin, catch_exceptions=False)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_text_is_scored_and_shown() -> None:
    shown = run("my cat is not breathing", "--subject", "Help", "--channel", "email").stdout
    assert "S1 critical emergency-vet" in shown
    assert "vet.airway-breathing" in shown


def test_a_text_may_come_from_standard_input_and_go_out_as_json() -> None:
    found = json.loads(run("-", "--json", stdin="my cat is not breathing\n").stdout)
    assert (found["severity"], found["skill"], found["language"], found["floor"]) == ("S1", "emergency-vet", "en", True)
    evidence, *_ = found["evidence"]
    assert "my cat is not breathing"[evidence["start"] : evidence["end"]] == "not breathing"


def test_each_row_comes_back_with_its_assessment() -> None:
    stdin = "\ufeff" + json.dumps(ROW) + "\n\n" + json.dumps({"text": "thanks!"})
    first, second = lines(run("--jsonl", "-", stdin=stdin).stdout)
    assert (first["id"], first["tags"], first["severity"], first["labelled"]) == ("1", ["ä"], "S1", {"severity": "S1"})
    assert second["severity"] == "S4"
    assert "labelled" not in second


def test_rows_go_to_a_file_which_is_there_only_once_it_is_whole(tmp_path: Path) -> None:
    given, output = tmp_path / "rows.jsonl.gz", tmp_path / "out.jsonl"
    given.write_bytes(gzip.compress(json.dumps(ROW).encode() + b"\n{"))
    with pytest.raises(BadLine, match=r"rows\.jsonl\.gz: line 2: the line: expected one JSON object"):
        run("--jsonl", str(given), "--output", str(output))
    assert list(tmp_path.iterdir()) == [given]
    found = run("--jsonl", str(given), "--output", str(output), "--skip-bad")
    assert (found.stdout, len(lines(output.read_text())), list(tmp_path.glob("*.part"))) == ("", 1, [])
    assert "1 line was left out" in found.stderr


def test_a_file_may_be_written_over_itself(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(ROW))
    for _ in range(2):
        run("--jsonl", str(file), "--output", str(file))
    (found,) = lines(file.read_text())
    assert found["labelled"] == {"severity": "S1"}


def test_of_bad_lines_only_the_first_few_are_told() -> None:
    found = run("--jsonl", "-", "--skip-bad", stdin='{"text": 1}\n' * 9)
    assert found.stdout == ""
    assert "9 lines were left out" in found.stderr
    assert "and 4 more" in found.stderr


def test_half_a_surrogate_pair_stops_nothing() -> None:
    found = lines(run("--jsonl", "-", stdin=r'{"text": "not breathing \ud83d", "more": "\udc00"}').stdout)
    assert found[0]["more"] == "\udc00"


def test_what_does_not_go_together_is_refused() -> None:
    for arguments in (
        [],
        ["x", "--jsonl", "-"],
        ["x", "--output", "y"],
        ["x", "--skip-bad"],
        ["x", "--channel", "fax"],
    ):
        assert run(*arguments).exit_code == 2
