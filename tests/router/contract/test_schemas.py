"""The JSON Schemas that are published: by them every sample is valid, and stays so."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from pydantic import create_model

from router.cli.contract import samples
from router.contract import schemas
from router.model import catalogue
from router.model.events import PeopleChanged

SAMPLES = list(samples())


def problems(value: Any, schema: dict[str, Any]) -> list[str]:
    checked = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{problem.json_path}: {problem.message[:200]}" for problem in checked.iter_errors(value)]


def test_there_is_one_of_every_event_type_and_each_stands_alone() -> None:
    found = schemas.alone()
    assert set(found) == set(catalogue.ALL)
    for kind, schema in found.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["title"] == kind


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_was_written_once_is_valid_by_the_schema_of_today(sample: Any) -> None:
    assert problems(sample.value, schemas.schema_of(sample.type)) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_is_written_today_is_valid_too(sample: Any) -> None:
    written = catalogue.ALL[sample.type].model_validate(sample.value).model_dump(mode="json")
    assert problems(written, schemas.schema_of(sample.type)) == []


def test_a_value_without_a_needed_field_or_of_a_wrong_kind_is_not_valid() -> None:
    schema = schemas.schema_of("people.changed")
    assert problems({"person_id": "p_1"}, schema)
    assert problems({"person_id": "p_1", "address_keys": "a_1"}, schema)
    assert not problems({"person_id": "p_1", "address_keys": ["a_1"], "added_later": 1}, schema)


def test_bytes_that_never_leave_the_process_are_in_no_schema() -> None:
    attachment = schemas.schema_of("contact.received")["$defs"]["Attachment"]
    assert "sha256" in attachment["properties"]
    assert "content" not in attachment["properties"]


def test_a_type_that_gained_a_needed_field_would_no_longer_hold_its_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    stricter = create_model("Stricter", __base__=PeopleChanged, added=(str, ...))
    monkeypatch.setattr(catalogue, "ALL", {**catalogue.ALL, "people.changed": stricter})
    monkeypatch.setattr(schemas, "ALL", catalogue.ALL)
    (sample,) = [each for each in SAMPLES if each.type == "people.changed"]
    with pytest.raises(AssertionError, match="'added' is a required property"):
        test_what_was_written_once_is_valid_by_the_schema_of_today(sample)
