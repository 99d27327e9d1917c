"""`router topics doc`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from router.cli.contract import UnknownType
from router.cli.main import build
from router.model.catalogue import ALL

COMMITTED = Path(__file__).parents[3] / "docs" / "asyncapi.yaml"


def said(*arguments: str) -> str:
    result = CliRunner().invoke(build(), ["topics", "doc", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_yaml_and_json_say_the_same_and_yaml_has_no_aliases(tmp_path: Path) -> None:
    file = tmp_path / "asyncapi.json"
    assert said("--format", "json", "--output", str(file)) == ""
    text = said()
    assert yaml.safe_load(text) == json.loads(file.read_text())
    assert not [token for token in yaml.scan(text) if isinstance(token, yaml.AliasToken)]


def test_the_document_in_the_repository_is_current() -> None:
    assert COMMITTED.read_text() == said(), "run `make docs`"


def test_json_gives_the_schemas_of_all_types_or_of_one() -> None:
    schemas = json.loads(said("--json"))
    assert set(schemas) == set(ALL)
    assert json.loads(said("--json", "incident.opened")) == schemas["incident.opened"]


def test_a_type_that_there_isnt_is_told_with_the_closest_ones() -> None:
    with pytest.raises(UnknownType, match=r"no event has the type incident\.open\. Did you mean incident\.opened"):
        said("--json", "incident.open")


def test_a_type_without_json_is_refused() -> None:
    assert CliRunner().invoke(build(), ["topics", "doc", "incident.opened"]).exit_code == 2
