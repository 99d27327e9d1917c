"""One partition's entries at rest on a disk: bodies, when they expire, and the place in the changelog, in one database.

a                         About, as of checkpoint
e<key>                    an entry's body
x<span, 8 bytes><key>     the key expires within that span, or did so as it stood once
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from router.runtime.checkpoint import About, BadCheckpoint
from router.runtime.rows import Rows

ABOUT = b"a"
BODIES = b"e"
SPANS = b"x"
SPAN = 8
# No byte of UTF-8 is as high.
LAST = b"\xff"


class Bodies:
    """As of router.stages.shelf.Resting. Each raises StateUnreadable."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get(self, key: str) -> bytes | None:
        return self._rows.get(BODIES + key.encode())

    def put(self, key: str, body: bytes) -> None:
        self._rows.put(BODIES + key.encode(), body)

    def drop(self, key: str) -> None:
        self._rows.put(BODIES + key.encode(), None)

    def listed(self, prefix: str = "") -> Iterator[str]:
        first = BODIES + prefix.encode()
        for row in self._rows.keys(first, first + LAST):
            yield row[1:].decode()


class Spans:
    """As of router.stages.expiring.Spans. Each raises StateUnreadable."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._following = 0

    def add(self, span: int, key: str) -> None:
        self._rows.put(_span(span) + key.encode(), b"")

    def drop(self, span: int, key: str) -> None:
        self._rows.put(_span(span) + key.encode(), None)

    def taken(self, until: int) -> Iterator[tuple[int, str]]:
        first, self._following = self._following, max(self._following, until + 1)
        for row in self._rows.keys(_span(first), _span(self._following)):
            yield int.from_bytes(row[1 : 1 + SPAN], "big"), row[1 + SPAN :].decode()


def kept_about(rows: Rows) -> About | None:
    """None where nothing was flushed yet. Raises BadCheckpoint, StateUnreadable."""
    found = rows.get(ABOUT)
    if found is None:
        return None
    try:
        return About.model_validate_json(found)
    except ValidationError as error:
        raise BadCheckpoint(f"it can't be read: {error.title}") from None


def _span(span: int) -> bytes:
    return SPANS + span.to_bytes(SPAN, "big")
