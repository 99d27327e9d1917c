from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.queues import TOPICS
from router.gateway.stream_positions import read, written

CLAIMS, GENERAL = "queue.claims", "queue.general"
OFFSETS = st.dictionaries(st.sampled_from(TOPICS), st.integers(-1, 10**12), min_size=1)


def test_the_id_of_one_queue_is_its_partition_and_offset_and_of_several_names_each() -> None:
    assert written({CLAIMS: 17}) == "0-17"
    assert written({CLAIMS: 17, GENERAL: -1}) == "claims:0-17,general:0--1"


@given(OFFSETS)
def test_what_was_written_is_read(offsets: dict[str, int]) -> None:
    assert read(written(offsets), tuple(offsets)) == offsets


@given(OFFSETS.filter(lambda offsets: len(offsets) > 1), st.data())
def test_who_watches_fewer_queues_from_now_on_resumes_those(offsets: dict[str, int], data: st.DataObject) -> None:
    fewer = data.draw(st.lists(st.sampled_from(sorted(offsets)), min_size=1, unique=True))
    assert read(written(offsets), fewer) == {topic: offsets[topic] for topic in fewer}


@pytest.mark.parametrize(
    "text", ["", "17", "0-", "1-17", "0-x", "0--2", "0-٣", "0-1 ", "0-" + "9" * 19, "claims:0-1,", "claims", ":0-1"]
)
def test_anything_else_is_no_position(text: str) -> None:
    assert read(text, [CLAIMS]) is None


def test_the_id_of_one_queue_says_nothing_of_several_nor_an_id_of_others() -> None:
    assert read("0-17", [CLAIMS, GENERAL]) is None
    assert read("claims:0-17", [CLAIMS, GENERAL]) is None
    assert read("general:0-17", [CLAIMS]) is None


@given(st.text(max_size=40), st.lists(st.sampled_from(TOPICS), min_size=1, unique=True))
def test_garbage_is_read_as_none_or_a_position_of_each_queue(text: str, topics: list[str]) -> None:
    found = read(text, topics)
    assert found is None or list(found) == topics
