from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model.dead_letters import Place, letter_of, message
from router.model.events import DeadLetter
from tests.router.runtime.memory_log import START

TEXTS = st.text(st.characters(codec="utf-8"), max_size=9)


@given(TEXTS, st.none() | TEXTS, st.none() | st.integers(0, 2**60), st.integers(1, 9), st.binary())
def test_what_is_written_of_a_refusal_is_read_back_and_the_payload_is_untouched(
    reason: str, field: str | None, offset: int | None, tries: int, value: bytes
) -> None:
    letter = DeadLetter(stage="pool", reason=reason, field=field, topic="pool", offset=offset, at=START, tries=tries)
    said = message(letter, None, value, (("ce_id", b"1"), ("dlq_reason", b"an earlier one")))
    assert (said.topic, said.key, said.value) == ("pool.dlq", b"", value)
    assert letter_of(said.headers) == letter
    assert said.headers[0] == ("ce_id", b"1")


@given(st.from_regex(r"[a-z.]{1,20}", fullmatch=True), st.integers(0, 999), st.integers(0, 2**40))
def test_a_letters_name_is_read_back(topic: str, partition: int, offset: int) -> None:
    place = Place(topic, partition, offset)
    assert Place.read(str(place)) == place


@pytest.mark.parametrize(
    "text", ["", "intake.dlq", "intake.dlq/0", "intake.dlq/0/x", "intake.dlq/0/-1", "a b/0/1", "a/0/1/2"]
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None
