"""topics.yaml is data, and these are its tests; then what a broker is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Medium
from router.model import catalogue
from router.model.retries import RETRIED
from router.model.retries import TOPICS as RETRIES
from router.model.topics import BadTopics, Cleanup, Timestamps, copies, parse
from scoring.model import Skill

TEXT = (Path(__file__).parents[3] / "topics.yaml").read_text(encoding="utf-8")
TOPICS = parse(TEXT)
INBOUND = [f"inbound.{medium}" for medium in Medium]
QUEUES = [name for name in TOPICS if name.startswith("queue.")]


def test_every_primary_skill_has_its_queue_and_no_queue_is_without_one() -> None:
    assert [f"queue.{skill}" for skill in Skill] == QUEUES


def test_a_queue_is_one_partition_compacted_and_readable_by_anybody_since_it_holds_no_personal_data() -> None:
    for name in QUEUES:
        topic = TOPICS[name]
        assert (topic.partitions, topic.cleanup, topic.personal) == (1, Cleanup.COMPACT, False)
        assert "any" in topic.readers


def test_one_service_writes_a_topic_and_only_the_pools_log_has_several() -> None:
    assert [name for name, topic in TOPICS.items() if len(topic.writers) > 1] == ["pool"]


def test_in_the_pools_log_each_writer_has_its_own_event_types() -> None:
    types = TOPICS["pool"].types
    assert len(set(types)) == len(types)


def test_what_holds_personal_data_is_deleted_by_age() -> None:
    for name, topic in TOPICS.items():
        if topic.personal:
            assert topic.settings(1)["cleanup.policy"] == "delete", name
            assert int(topic.settings(1)["retention.ms"]) > 0, name


def test_ids_are_remembered_for_longer_than_inbound_records_are_kept() -> None:
    for name in INBOUND:
        assert TOPICS[name].retention_days < 8


def test_the_pools_log_goes_by_the_brokers_time_and_outlives_any_open_incident() -> None:
    pool = TOPICS["pool"]
    assert pool.settings(1)["message.timestamp.type"] == "LogAppendTime"
    assert pool.retention_days >= 400


def test_a_changelog_has_as_many_partitions_as_its_log() -> None:
    assert TOPICS["pool.changelog"].partitions == TOPICS["pool"].partitions


def test_each_stage_and_the_gateway_has_its_dead_letters_for_30_days() -> None:
    dead = {name: topic.retention_days for name, topic in TOPICS.items() if name.endswith(".dlq")}
    assert dead == {"gateway.dlq": 30, "intake.dlq": 30, "pool.dlq": 30}


def test_each_stages_dead_letters_can_be_read_again_by_it_and_written_by_nobody_else() -> None:
    for stage, topic in RETRIES.items():
        assert stage in TOPICS[topic].readers
        assert TOPICS[topic].writers["dlq"] == (RETRIED,)


def test_what_became_of_a_dead_letter_outlives_it() -> None:
    assert TOPICS["dlq.actions"].retention_days > TOPICS["pool.dlq"].retention_days


def test_the_event_types_are_those_that_have_a_model() -> None:
    assert set(TOPICS["inbound.sms"].types) == set(catalogue.INBOUND)
    assert set(TOPICS["pool"].types) == {*catalogue.POOL, RETRIED}
    assert set(TOPICS["dlq.actions"].types) == set(catalogue.SETTLED)
    assert set(TOPICS["desk"].types) == set(catalogue.DESK)
    for name in QUEUES:
        assert set(TOPICS[name].types) == set(catalogue.QUEUES)


def test_with_one_copy_what_must_not_be_lost_is_flushed_and_with_three_two_must_have_it() -> None:
    for name in (*INBOUND, "pool"):
        assert TOPICS[name].settings(1)["flush.messages"] == "1"
        assert "min.insync.replicas" not in TOPICS[name].settings(1)
        assert "flush.messages" not in TOPICS[name].settings(3)
    assert all(topic.settings(3)["min.insync.replicas"] == "2" for topic in TOPICS.values())


@given(st.integers(1, 9), st.none() | st.integers(1, 9))
def test_copies_are_as_asked_else_three_where_the_brokers_allow_it(brokers: int, asked: int | None) -> None:
    assert copies(brokers, asked) == (asked or (3 if brokers >= 3 else 1))


def test_a_wrong_field_is_named_with_its_topic() -> None:
    broken = TEXT.replace("    key: agent\n", "    kee: agent\n")
    with pytest.raises(BadTopics, match=r"^topics\.yaml: topics\.desk\."):
        parse(broken)
    with pytest.raises(BadTopics, match=r"^topics\.yaml: "):
        parse("topics: [")


def test_times_are_set_by_the_broker_where_they_are_read_as_the_hops_times() -> None:
    for name in (*INBOUND, "pool"):
        assert TOPICS[name].timestamps is Timestamps.APPEND
