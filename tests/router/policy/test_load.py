import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.policy.load import LONGEST, BadPolicy, default_text, parse, sha256


def test_the_default_pack_can_be_used() -> None:
    assert parse(default_text()).name == "Pet-care marketplace, Trust & Safety"


def test_the_same_text_is_parsed_once() -> None:
    assert parse(default_text()) is parse("".join(list(default_text())))


def test_the_hash_is_of_the_text_as_it_stands() -> None:
    assert sha256("a: ü") == hashlib.sha256(b"a: \xc3\xbc").hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "field", "expected"),
    [
        ("join_within: 24 h", "join_withn: 24 h", "triage.join_withn", "no such field"),
        ("join_within: 24 h", "join_within: 24", "triage.join_within", "length of time"),
        ("  join_within: 24 h\n", "", "triage.join_within", "found none"),
        ("version: 1", "version: 2", "version", "1"),
        ("- name: conduct", "- name: claims", "skills", "conduct missing"),
        ("{S1: 1, S2: 1, S3: 1, S4: 1}", "{S1: 1, S2: 1, S3: 1}", "dispatch.minimal_level", "S4 missing"),
        ("{S1: 1, S2: 1", "{S1: 7, S2: 1", "dispatch.minimal_level.S1", "less than or equal to 5"),
        ("{S1: 60 s", "{S9: 60 s", "dispatch.targets.S9", "'S1'"),
        ("languages_required: true", "languages_required: 1", "dispatch.languages_required", "boolean"),
        ("name: Pet-care", "name: [Pet-care", "line 9", "expected"),
        ("{S1: 1, S2", "{S1: 1, S1", "line 44", "S1 stands there twice"),
        ("name: threat-safety", "name: *name", "line 10", "no aliases"),
    ],
)
def test_what_is_wrong_is_named_with_its_path_and_what_was_expected(
    old: str, new: str, field: str, expected: str
) -> None:
    text = default_text()
    assert old in text
    with pytest.raises(BadPolicy) as caught:
        parse(text.replace(old, new, 1))
    assert caught.value.field == field
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    "text", ["", "- a", "just words", "{[a]: b}", "a: !!python/object:os.system {}", "\x00", "{" * 5000]
)
def test_what_is_no_policy_at_all_is_refused_in_our_words(text: str) -> None:
    with pytest.raises(BadPolicy):
        parse(text)


def test_a_text_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadPolicy, match="at most"):
        parse("# " + "x" * LONGEST)


@given(st.text(max_size=60) | st.text("[]{}:,-&*!|>#%@ \n\t?'\"0123456789az", max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    with pytest.raises(BadPolicy):
        parse(text)
