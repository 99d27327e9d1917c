"""Server-sent events as bytes (WHATWG HTML, "Server-sent events"). Made once, whoever reads them.

`opened`, `claimed` and the like go out under the type and with the value that they have on the topic. A tombstone
becomes `removed`: {"incident_id", "skill"}, skill being the queue that no longer has the incident.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from router.gateway.queues import PREFIX
from router.stages.contract import Record

REMOVED = "removed"
SNAPSHOT = b"snapshot"
COMMENT = b":\n\n"
UNTYPED = "incident.changed"


def event(record: Record) -> tuple[bytes, bytes]:
    """Type and data of a record of a queue's topic."""
    if record.value is None:
        key = (record.key or b"").decode("utf-8", "replace")
        return REMOVED.encode(), json.dumps({"incident_id": key, "skill": record.topic.removeprefix(PREFIX)}).encode()
    kind = record.header("ce_type") or UNTYPED
    return (kind if kind.isprintable() else UNTYPED).encode(), record.value


def frame(kind: bytes, data: bytes) -> bytes:
    if b"\n" in data or b"\r" in data:
        data = b"\ndata: ".join(data.splitlines())
    return b"event: %b\ndata: %b\n\n" % (kind, data)


def numbered(position: str, of: bytes) -> bytes:
    return b"id: %b\n%b" % (position.encode(), of)


def reset(reason: str, retry_ms: int) -> bytes:
    """Its empty id makes a client forget the one that it had: broken off before `live`, it starts over."""
    return b"retry: %d\nid\n%b" % (retry_ms, frame(b"reset", json.dumps({"reason": reason}).encode()))


def resumed(retry_ms: int) -> bytes:
    return b"retry: %d\n:\n\n" % retry_ms


def live(position: str) -> bytes:
    return numbered(position, frame(b"live", b"{}"))


def joined(frames: Iterable[bytes], size: int) -> Iterable[bytes]:
    """The same bytes in pieces of about `size`."""
    piece, length = list[bytes](), 0
    for each in frames:
        piece.append(each)
        length += len(each)
        if length >= size:
            yield b"".join(piece)
            piece, length = [], 0
    if piece:
        yield b"".join(piece)
