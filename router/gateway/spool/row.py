"""One contact as it lies in the spool, with a checksum over all of it: what the disk has changed is never told."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from channels.errors import Problem
from router.model.cloudevents import Message

OVERHEAD = 200
"""Bytes that a row takes besides what is in it, by a generous guess; on the log it takes fewer."""

COLUMNS = "seq, address, urgent, at, size, topic, partition, headers, value, checksum"
READ = "seq, CAST(address AS BLOB), urgent, at, CAST(topic AS BLOB), partition, CAST(headers AS BLOB), value, checksum"
"""In the order of `row_of`. What a damaged page makes of a text must not fail before its checksum does."""


class RowDamaged(Problem):
    """A row isn't as it was written."""


@dataclass(frozen=True)
class Row:
    """seq: in the order of receipt. at: when it was spooled, Unix milliseconds. urgent: it may be an S1."""

    seq: int
    at: int
    message: Message
    urgent: bool = False

    @property
    def size(self) -> int:
        """Bytes, about, that it takes on the disk; no fewer than on the log."""
        message = self.message
        return (
            OVERHEAD + len(message.key) + len(message.value or b"") + sum(len(n) + len(v) for n, v in message.headers)
        )


def columns(row: Row) -> tuple[object, ...]:
    """In the order of COLUMNS."""
    message = row.message
    headers = json.dumps([[name, value.decode("latin-1")] for name, value in message.headers])
    told = (message.topic, message.partition, headers, message.value, checksum(row))
    return (row.seq, message.key, int(row.urgent), row.at, row.size, *told)


def row_of(
    seq: int,
    address: bytes,
    urgent: int,
    at: int,
    topic: bytes,
    partition: int | None,
    headers: bytes,
    value: bytes | None,
    expected: int | None,
) -> Row:
    """expected: the checksum; None in a database of the first version. Raises RowDamaged."""
    try:
        pairs = tuple((name, text.encode("latin-1")) for name, text in json.loads(headers))
        row = Row(seq, at, Message(topic.decode(), address, value, pairs, partition), bool(urgent))
        whole = expected is None or checksum(row) == expected
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise RowDamaged from None
    if not whole:
        raise RowDamaged
    return row


def checksum(row: Row) -> int:
    message = row.message
    parts = (
        f"{row.seq} {row.at} {row.urgent} {message.topic} {message.partition} {message.value is None}".encode(),
        message.key,
        *(part for name, value in message.headers for part in (name.encode(), value)),
        message.value or b"",
    )
    found = 0
    for part in parts:
        found = zlib.crc32(part, zlib.crc32(b"%d " % len(part), found))
    return found
