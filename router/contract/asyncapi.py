"""One AsyncAPI 3.0 document of all topics: made of topics.yaml, the events' models and their golden samples.

It tells of several applications at once, so an operation is named by who does it: `pool.sends.queue.claims`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from router.contract import headers
from router.contract.messages import ANY, DEAD_LETTER, KAFKA, TITLES, TOMBSTONE, Example, messages, names_on
from router.contract.schemas import together
from router.model.topics import DAY_MS, Topic

VERSION = "1.0.0"
"""Of the events. They evolve by optional fields only, so the first figure stays."""

SCHEMAS = "#/components/schemas/"

ABOUT = """\
What the contact router tells on Apache Kafka, and what it reads there. Texts, calls and mails of one person become one
incident, on the topic of the queue whose agents can help.

**Reading a queue.** `queue.<skill>` is compacted and keyed by incident: whoever reads it from its start knows what is
open there. Keep the highest (`ce_epoch`, `ce_revision`) of each key, and drop what is lower: a worker that had been
replaced wrote it late. A tombstone, or a `state` of `moved` or `resolved`, says that the incident isn't open there.

**Events.** CloudEvents 1.0 in Kafka's binary mode: attributes are headers `ce_…`, the value is JSON. An event may come
twice, with the same `ce_id`.

**Evolving.** Types gain optional fields and lose none. A reader ignores fields that it doesn't know; a field with a
default may be missing. Every sample here was written once and is read for ever.

**Confidential.** Topics tagged `personal` hold text, names or addresses of people. Queues carry ids, severities and
rules' names; who may see the words asks the desk API for them."""

Document = dict[str, Any]


def document(topics: Mapping[str, Topic], examples: Iterable[Example]) -> Document:
    """The whole document, of plain values."""
    payloads, schemas = together(SCHEMAS)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Contact router: topics",
            "version": VERSION,
            "description": ABOUT,
            "tags": [
                {"name": "personal", "description": "Holds text, names or addresses of people."},
                {"name": "internal", "description": "For the router's own parts; nobody else should read it."},
            ],
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "KAFKA_BOOTSTRAP_SERVERS, or the embedded broker that `router up` names.",
                "variables": {"bootstrap": {"default": "127.0.0.1:9092"}},
            }
        },
        "channels": {name: _channel(name, topic) for name, topic in topics.items()},
        "operations": dict(_operations(topics)),
        "components": {
            "messages": messages(topics, payloads, examples),
            "schemas": {"CloudEvent": headers.CLOUD_EVENT, **schemas},
        },
    }


def _channel(name: str, topic: Topic) -> Document:
    tags = [{"name": "personal"}] if topic.personal else []
    if set(topic.readers) == set(topic.writers):
        tags.append({"name": "internal"})
    return {
        "address": name,
        "title": name,
        "description": topic.description,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in names_on(topic)},
        **({"tags": tags} if tags else {}),
        "bindings": {
            "kafka": {
                "topic": name,
                "partitions": topic.partitions,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": KAFKA,
            }
        },
    }


def _configuration(topic: Topic) -> Document:
    """The topic's settings with one copy; brokers' words."""
    found: Document = {"cleanup.policy": [topic.cleanup.value]}
    if topic.cleanup == "delete":
        found["retention.ms"] = topic.retention_days * DAY_MS
    return {**found, "message.timestamp.type": topic.settings(1)["message.timestamp.type"], **topic.config}


def _operations(topics: Mapping[str, Topic]) -> Iterable[tuple[str, Document]]:
    for name, topic in topics.items():
        for writer, kinds in topic.writers.items():
            sent = [DEAD_LETTER if kind == ANY else kind for kind in kinds]
            gone = [TOMBSTONE] if TOMBSTONE in names_on(topic) else []
            about = "; ".join(TITLES.get(kind, "a record that it could not take") for kind in sent)
            yield f"{writer}.sends.{name}", _operation("send", writer, name, [*sent, *gone], about)
        for reader in topic.readers:
            who = "Any Kafka client" if reader == ANY else reader
            about = f"{who} reads {name}"
            yield f"{reader}.reads.{name}", _operation("receive", reader, name, names_on(topic), about)


def _operation(action: str, who: str, topic: str, kinds: Iterable[str], summary: str) -> Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": summary,
        "tags": [{"name": who}],
        "messages": [{"$ref": f"#/channels/{topic}/messages/{kind}"} for kind in kinds],
    }
