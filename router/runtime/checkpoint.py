"""One partition's state as a file: the entries as they rest, and the place in the changelog that they stand at.

    magic, frames, an empty frame, BLAKE2b of all before (32 bytes)
    frame: length of its JSON, length of its bytes (4 bytes each), JSON, bytes

The first frame is `About`; then come entries (keys and lengths of their bodies, which are the bytes), then when they
expire. The sum makes it whole or nothing: a file that was cut or altered anywhere is none.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ValidationError

from channels.errors import Problem
from router.model.cloudevents import version
from router.stages.contract import Entry, Record
from router.stages.entries import Kept
from router.stages.shelf import Packed

MAGIC = b"router checkpoint 1\n"
SUM = 32
# Entries in a frame. Making one holds up others for a few milliseconds.
AT_ONCE = 2000


class BadCheckpoint(Problem):
    """A file that isn't a checkpoint, or not all of one."""


class About(BaseModel):
    """models: the sum of the entries' models. at: when it was made. offset, mark: of the last change that it holds; see
    mark_of. fence_at: its fence's offset. fence, fence_worker, applied, covered: as of changelog.Replica.
    samples: by kind, what bodies are squeezed against.
    """

    stage: str
    partition: int
    models: str
    at: AwareDatetime
    offset: int
    mark: str
    applied: int | None
    fence: int
    fence_worker: str
    fence_at: int
    covered: tuple[str, ...]
    samples: dict[str, tuple[str, ...]]


class Checkpoint(NamedTuple):
    about: About
    kept: Kept


def mark_of(record: Record) -> str:
    """What tells a change of the changelog from any other at its offset."""
    return mark(record.key or b"", record.value, version(record.headers)[0])


def mark(key: bytes, value: bytes | None, epoch: int) -> str:
    text = json.dumps([key.hex(), None if value is None else value.hex(), epoch])
    return blake2b(text.encode(), digest_size=16).hexdigest()


def models_of(kinds: Mapping[str, type[Entry]]) -> str:
    """Changes with any model: what other code has kept is read from the changelog, which checks each entry."""
    schemas = {name: kind.model_json_schema() for name, kind in kinds.items()}
    return blake2b(json.dumps(schemas, sort_keys=True).encode(), digest_size=16).hexdigest()


def sampled(samples: Mapping[str, tuple[bytes, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(b64encode(each).decode() for each in several) for name, several in samples.items()}


def samples_of(about: About) -> dict[str, tuple[bytes, ...]]:
    """Raises ValueError."""
    return {name: tuple(b64decode(each) for each in several) for name, several in about.samples.items()}


def write(checkpoint: Checkpoint, put: Callable[[bytes], object]) -> None:
    """Puts the file, piece by piece."""
    total = blake2b(digest_size=SUM)
    for piece in _pieces(checkpoint):
        total.update(piece)
        put(piece)
    put(total.digest())


def read(content: bytes) -> Checkpoint:
    """Raises BadCheckpoint."""
    body = memoryview(content)[:-SUM]
    if not content.startswith(MAGIC) or blake2b(body, digest_size=SUM).digest() != content[-SUM:]:
        raise BadCheckpoint("it isn't whole")
    try:
        return _read(_frames(body[len(MAGIC) :]))
    except (ValidationError, ValueError, TypeError, KeyError, IndexError, StopIteration) as error:
        raise BadCheckpoint(f"it can't be read: {type(error).__name__}") from None


def _pieces(checkpoint: Checkpoint) -> Iterator[bytes]:
    packed, listed = checkpoint.kept
    yield MAGIC
    yield _frame(checkpoint.about.model_dump(mode="json"))
    keys = iter(packed.bodies)
    while chosen := list(islice(keys, AT_ONCE)):
        bodies = [packed.bodies[key] for key in chosen]
        yield _frame({"keys": chosen, "lengths": [len(body) for body in bodies]}, b"".join(bodies))
    for span, expiring in listed.items():
        for start in range(0, len(expiring), AT_ONCE):
            yield _frame({"span": span, "keys": expiring[start : start + AT_ONCE]})
    yield _frame(None)


def _frame(header: object, body: bytes = b"") -> bytes:
    text = b"" if header is None else json.dumps(header).encode()
    return len(text).to_bytes(4, "big") + len(body).to_bytes(4, "big") + text + body


def _frames(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while True:
        text, body = int.from_bytes(content[at : at + 4], "big"), int.from_bytes(content[at + 4 : at + 8], "big")
        at += 8
        if not text:
            return
        yield bytes(content[at : at + text]), content[at + text : at + text + body]
        at += text + body


def _read(frames: Iterator[tuple[bytes, memoryview]]) -> Checkpoint:
    about = About.model_validate_json(next(frames)[0])
    bodies: dict[str, bytes] = {}
    listed: dict[int, list[str]] = {}
    for text, body in frames:
        header = json.loads(text)
        if "span" in header:
            listed.setdefault(header["span"], []).extend(header["keys"])
            continue
        at = 0
        for key, length in zip(header["keys"], header["lengths"], strict=True):
            bodies[key] = bytes(body[at : at + length])
            at += length
    return Checkpoint(about, Kept(Packed(bodies, samples_of(about)), listed))
