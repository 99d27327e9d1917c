"""What is told is compared with the state, some of it at a time or all of it: with the same result."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model.cloudevents import Message, version
from router.runtime.catching_up import CatchingUp
from router.runtime.comparison import Comparison
from router.runtime.outcomes import encode
from router.runtime.written import Written
from router.stages.contract import Entry, Record
from router.stages.entries import Store
from tests.router.runtime.counting import Count, Counting, Said

AT = datetime(2026, 11, 22, tzinfo=UTC)
LETTERS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3))
STAGE = Counting()


def store(counts: dict[str, int]) -> Store:
    found = Store()
    entries: dict[str, Entry | None] = {f"count/{key}": Count(count=count, at=AT) for key, count in counts.items()}
    found.merge(entries)
    return found


def written(counts: dict[str, int], topic: str = "counts") -> Written:
    found = Written(lambda _: 0)
    for outcome in Counting(out=topic).truth(store(counts), 0):
        fold(found, encode(STAGE.name, outcome, 1))
    return found


def fold(found: Written, message: Message) -> None:
    found.fold(Record(message.topic, 0, 0, message.key, message.value, message.headers, AT))


def as_read(found: Written, counts: dict[str, int], messages: list[Message]) -> dict[str, int | None]:
    """The counts that are told once `messages` are there."""
    said: dict[str, int | None] = {key: count for key, count in counts.items() if found.last("counts", key)}
    for each in messages:
        said[each.key.decode()] = None if each.value is None else Said.model_validate_json(each.value).count
    return {key: count for key, count in said.items() if count is not None}


@given(LETTERS, LETTERS, st.integers(1, 5))
def test_slice_by_slice_the_topic_comes_to_say_what_the_state_does(
    state: dict[str, int], told: dict[str, int], entries: int
) -> None:
    kept, there = store(state), written(told)
    catching_up = CatchingUp(Comparison(STAGE, there), there)
    catching_up.begin(0, kept)
    messages: list[Message] = []
    while catching_up.partitions:
        messages += catching_up.slice(0, kept, 2, entries)
    assert as_read(there, told, messages) == state
    assert len(messages) == sum(told.get(key) != count for key, count in state.items()) + len(told.keys() - state)
    assert {version(each.headers)[0] for each in messages} <= {2}


@given(LETTERS, LETTERS, st.sets(st.sampled_from("abcdefgh")))
def test_of_some_records_only_those_are_written(state: dict[str, int], told: dict[str, int], asked: set[str]) -> None:
    messages = Comparison(STAGE, written(told)).of_records(store(state), 0, 2, {("counts", key) for key in asked})
    assert {each.key.decode() for each in messages} == {key for key in asked if state.get(key) != told.get(key)}


def test_what_another_topic_says_of_a_key_is_removed() -> None:
    there = written({"a": 1})
    for outcome in Counting(out="former").truth(store({"a": 1}), 0):
        fold(there, encode(STAGE.name, outcome, 1))
    (message,) = Comparison(STAGE, there).of_entries(store({"a": 1}), 0, 2, ["count/a"])
    assert (message.topic, message.key, message.value) == ("former", b"a", None)


def test_a_partition_that_was_lost_is_compared_no_further() -> None:
    there = written({"a": 1})
    catching_up = CatchingUp(Comparison(STAGE, there), there)
    catching_up.begin(0, store({"a": 1}))
    catching_up.end(0)
    assert catching_up.partitions == []
    with pytest.raises(KeyError):
        catching_up.slice(0, Store(), 2)
