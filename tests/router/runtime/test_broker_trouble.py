from __future__ import annotations

import pytest

from router.runtime.broker_trouble import explain


def told(output: str) -> str:
    return explain(output, data="/data/kafka", port=9092, log="/data/logs/kafka.log")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "java.net.BindException: Address already in use\njava.io.IOException: No space left on device",
            "the disk that holds /data/kafka is full. Free some space and start again.",
        ),
        (
            "org.apache.kafka.common.KafkaException: Socket server failed to bind: Address already in use.",
            "Kafka's port 9092 was taken while it started. Stop who has it, or choose another with --kafka-port.",
        ),
        (
            'Exception in thread "main" java.lang.NoClassDefFoundError: org/apache/kafka/common/utils/Exit',
            "Kafka's jars are incomplete (no class org/apache/kafka/common/utils/Exit). Run `router setup` to fetch "
            "them again.",
        ),
        (
            "Error: Could not find or load main class kafka.Kafka\nCaused by: java.lang.ClassNotFoundException: kafka",
            "Kafka's jars are incomplete (no class kafka.Kafka). Run `router setup` to fetch them again.",
        ),
        ("Error: zip END header not found", "one of Kafka's jars is broken. Run `router setup` to fetch it again."),
        (
            "Error occurred during initialization of VM\nCould not reserve enough space for object heap",
            "there is too little memory for Kafka (it needs 400 MB).",
        ),
        (
            "java.nio.file.AccessDeniedException: /data/kafka/data/meta.properties",
            "Kafka may not write to /data/kafka. Check who owns it.",
        ),
        (
            "INFO x\njava.lang.RuntimeException: first\n\tat a.b\nCaused by: java.lang.IllegalStateException: second",
            "Kafka stopped while it started (java.lang.IllegalStateException: second). Its log is "
            "/data/logs/kafka.log.",
        ),
        ("", "Kafka stopped while it started. Its log is /data/logs/kafka.log."),
    ],
)
def test_the_cause_is_told_in_one_sentence(output: str, sentence: str) -> None:
    assert told(output) == sentence
