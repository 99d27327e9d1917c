from __future__ import annotations

import errno

import pytest
from aiokafka.errors import KafkaConnectionError
from pydantic import ValidationError

from channels.errors import Problem
from router.cli.explained import BUG, REFUSED, explained
from router.settings import Settings


def test_a_problem_is_its_own_sentence() -> None:
    assert explained(Problem("port 8080 is in use.")) == ("port 8080 is in use.", REFUSED)


def test_a_setting_that_cant_be_used_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_SMTP_MAX_BYTES", "many")
    with pytest.raises(ValidationError) as caught:
        Settings()
    sentence, status = explained(caught.value)
    assert sentence.startswith("ROUTER_SMTP_MAX_BYTES can't be used: ")
    assert "many" not in sentence
    assert status == REFUSED


def test_a_full_disk_is_told_as_such_wherever_it_shows() -> None:
    assert explained(OSError(errno.ENOSPC, "No space left on device"))[0].startswith("the disk is full.")
    assert explained(PermissionError(errno.EACCES, "Permission denied", ".data/lock")) == (
        "Permission denied: .data/lock.",
        REFUSED,
    )


def test_a_kafka_that_fails_in_the_middle_is_no_fault_of_ours() -> None:
    assert explained(KafkaConnectionError("127.0.0.1:9092")) == (
        "Kafka doesn't answer as it should (KafkaConnectionError).",
        REFUSED,
    )


def test_what_is_our_own_fault_shows_no_words_of_its_own() -> None:
    sentence, status = explained(KeyError("+12065550100"))
    assert "KeyError" in sentence
    assert "+1206" not in sentence
    assert status == BUG
