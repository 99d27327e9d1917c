"""Rows are read as they are written, and come back with everything that they carried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Medium
from scoring.assess import assess
from scoring.evaluation.rows import ADDED, BadRow, Row, assessed, contact, read
from scoring.model import Severity, Skill
from tests.scoring.contacts import contact as a_contact
from tests.scoring.contacts import scored

LABELLED = {"id": "a1", "channel": "email", "lang": "en", "subject": "Bella", "text": "She ran off", "severity": "S1"}


def row(**fields: Any) -> Row:
    found = read(7, json.dumps(fields))
    assert found is not None
    return found


def test_a_row_is_read_with_its_labels() -> None:
    found = row(**LABELLED, skill="lost-pet", tags=["x"])
    assert (found.id, found.lang, found.severity, found.skill) == ("a1", "en", Severity.S1, Skill.LOST_PET)
    told = contact(found)
    assert (told.medium, told.subject, told.text) == (Medium.EMAIL, "Bella", "She ran off")


def test_only_the_text_must_be_there() -> None:
    found = row(text="hello")
    assert (found.id, found.subject, found.channel, found.severity) == ("7", None, None, None)
    assert contact(found).medium is Medium.TICKET
    assert row(text="hello", id=12).id == "12"
    assert row(text="hello", lang="pt_BR").lang == "pt"


@pytest.mark.parametrize(
    ("channel", "medium"),
    [("SMS", Medium.SMS), ("voicemail", Medium.CALL), ("chat", Medium.SOCIAL), ("carrier pigeon", Medium.TICKET)],
)
def test_a_channel_that_nobody_knows_is_read_as_a_ticket(channel: str, medium: Medium) -> None:
    assert contact(row(text="", channel=channel)).medium is medium


def test_a_call_without_words_is_one() -> None:
    assert assess(contact(row(text=None, channel="call"))).wordless


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "line 3: the line: expected one JSON object"),
        ("[" * 100_000, "line 3: the line: expected one JSON object"),
        ("[]", "line 3: the line: expected a JSON object, got a list"),
        ("null", "line 3: the line: expected a JSON object, got null"),
        ("{}", "line 3: text: Field required"),
        ('{"text": 12}', "line 3: text: Input should be a valid string"),
        ('{"text": "secret", "severity": "secret"}', "line 3: severity: Input should be 'S1', 'S2', 'S3' or 'S4'"),
        ('{"text": "secret", "skill": "secret"}', "line 3: skill: Input should be 'threat-safety'"),
        ('{"text": "secret", "subject": ["secret"]}', "line 3: subject: Input should be a valid string"),
    ],
)
def test_a_bad_row_is_told_by_line_field_and_expectation_and_never_quoted(content: str, sentence: str) -> None:
    with pytest.raises(BadRow) as bad:
        read(3, content)
    assert str(bad.value).startswith(sentence)
    assert "secret" not in str(bad.value)


def test_a_row_without_a_label_is_bad_only_where_labels_are_needed() -> None:
    with pytest.raises(BadRow, match="line 3: severity: expected the label 'S1'"):
        read(3, '{"text": "x", "severity": null}', labelled=True)


def test_an_assessed_row_keeps_its_own_labels_apart() -> None:
    raw = {**LABELLED, "skill": "lost-pet", "evidence": "side gate", "tags": [1]}
    found = assessed(raw, scored("She ran off"))
    assert found["labelled"] == {"severity": "S1", "skill": "lost-pet", "evidence": "side gate"}
    assert found["tags"] == [1]
    assert set(ADDED) <= found.keys()
    assert found["evidence"][0].keys() == {"rule", "field", "start", "end", "effect", "severity", "skill", "scope"}


def test_a_row_that_is_assessed_once_more_is_still_judged_by_its_labels() -> None:
    once = assessed({"text": "hello", "severity": "S1", "lang": "fr"}, scored("hello"))
    assert once["severity"] == "S4"
    again = row(**once)
    assert (again.severity, again.lang) == (Severity.S1, "fr")
    assert assessed(again.raw, scored("hello")) == once


def test_probabilities_are_by_level_and_empty_without_words() -> None:
    said = scored("hello").model_copy(update={"probabilities": (0.1, 0.2, 0.3, 0.4)})
    assert assessed({}, said)["probabilities"] == {"S1": 0.1, "S2": 0.2, "S3": 0.3, "S4": 0.4}
    assert assessed({}, scored("").model_copy(update={"probabilities": ()}))["probabilities"] == {}


def record(kind: str, value: object) -> str:
    return json.dumps({"topic": "pool", "partition": 0, "offset": 3, "headers": {"ce_type": kind}, "value": value})


def test_a_contact_of_the_log_is_a_row_as_it_came() -> None:
    told = a_contact("She ran off", subject="Bella", medium=Medium.EMAIL)
    found = read(1, record("contact.scored", {"contact_id": "c_1", "contact": told.model_dump(mode="json")}))
    assert found is not None
    assert (found.id, found.channel, found.text, contact(found)) == ("c_1", "email", "She ran off", told)


def test_any_other_record_of_the_log_is_no_row() -> None:
    assert read(1, record("command.claim", {"text": "x"})) is None
    assert read(1, record("contact.scored", None)) is None


def test_a_record_whose_contact_cannot_be_read_is_bad() -> None:
    with pytest.raises(BadRow, match=r"line 1: told\.provider: Field required"):
        read(1, record("contact.scored", {"contact_id": "c_1", "contact": {"text": "x"}}))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = ("id", "channel", "lang", "subject", "text", "severity", "skill", "labelled", "topic", "headers", "value")


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING) | ANYTHING)
def test_whatever_a_line_holds_it_is_a_row_or_bad(held: Any) -> None:
    try:
        found = read(1, json.dumps(held))
    except BadRow:
        return
    if found is not None:
        contact(found)
