"""Entries at rest: each as the JSON that stands in the changelog, squeezed; a tenth of what its objects take.

Most entries are written once and read never again. What was touched lately is kept as objects, too. Where the bodies
rest is the runner's to choose: in memory, or on its disk (router.runtime.resting).
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from router.stages.contract import Entry

LATELY = 500
SAMPLES = 4
WORTH_IT = 80
WINDOW_BITS = 13
MEMORY = 5
SQUEEZED = bytes([(WINDOW_BITS - 8) << 4 | 8])  # zlib's first byte (RFC 1950); no JSON begins with it


def dumped(entry: Entry) -> bytes:
    """An entry's JSON, without what is as by default."""
    return entry.model_dump_json(exclude_defaults=True).encode()


class Squeezer(Protocol):
    """zlib's compressor, which has no type of its own to name."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...
    def copy(self) -> Squeezer: ...


class Resting(Protocol):
    """Bodies by key; what was put is read at once."""

    def get(self, key: str, /) -> bytes | None: ...
    def put(self, key: str, body: bytes, /) -> None: ...
    def drop(self, key: str, /) -> None: ...

    def listed(self, prefix: str = "", /) -> Iterator[str]:
        """Keys that begin so. What is put or dropped meanwhile is among them or not; nothing else is left out."""
        ...


class InMemory:
    def __init__(self, bodies: dict[str, bytes] | None = None) -> None:
        self.bodies: dict[str, bytes] = {} if bodies is None else bodies
        self.get = self.bodies.get

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key] = body

    def drop(self, key: str) -> None:
        self.bodies.pop(key, None)

    def listed(self, prefix: str = "") -> Iterator[str]:
        return iter([key for key in self.bodies if key.startswith(prefix)])


class Packed(NamedTuple):
    """Entries as they rest: bodies by key, squeezed; by kind, what they are squeezed against."""

    bodies: dict[str, bytes]
    samples: dict[str, tuple[bytes, ...]]


class Shelf:
    """Entries by key; all under one `<kind>/` are of one model."""

    def __init__(self, resting: Resting | None = None) -> None:
        self._bodies: Resting = InMemory() if resting is None else resting
        self._kinds: dict[str, _Kind] = {}
        self._lately: OrderedDict[str, Entry] = OrderedDict()  # a plain dict's front is slow to find

    def put(self, key: str, entry: Entry, body: bytes) -> None:
        """body: the entry, dumped."""
        kind = self._kind(key, type(entry))
        self._bodies.put(key, kind.squeezed(body))
        self._touched(key, entry)

    def drop(self, key: str) -> None:
        self._bodies.drop(key)
        self._lately.pop(key, None)

    def get(self, key: str) -> Entry | None:
        entry = self._lately.get(key)
        if entry is None and (body := self._bodies.get(key)) is not None:
            entry = self._kinds[key.partition("/")[0]].read(body)
            self._touched(key, entry)
        return entry

    @property
    def samples(self) -> dict[str, tuple[bytes, ...]]:
        """By kind, what its bodies are squeezed against: who keeps those keeps these."""
        return {name: kind.samples for name, kind in self._kinds.items()}

    def sampled(self, samples: Mapping[str, tuple[bytes, ...]], kinds: Mapping[str, type[Entry]]) -> None:
        """Its bodies are squeezed against these. Raises KeyError for a kind that isn't in `kinds`."""
        self._kinds = {name: _Kind(kinds[name], each) for name, each in samples.items()}

    def packed(self) -> Packed:
        """What is there now, of a shelf in memory; a copy of the list, not of the bodies."""
        return Packed({key: body for key in self if (body := self._bodies.get(key)) is not None}, self.samples)

    def unpacked(self, packed: Packed, kinds: Mapping[str, type[Entry]]) -> None:
        """Begins again in memory with what was packed. Raises KeyError for a kind that isn't in `kinds`."""
        self.sampled(packed.samples, kinds)
        self._bodies = InMemory(packed.bodies)
        self._lately.clear()

    def listed(self, prefix: str) -> Iterator[str]:
        """As of Resting."""
        return self._bodies.listed(prefix)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (key in self._lately or self._bodies.get(key) is not None)

    def __iter__(self) -> Iterator[str]:
        return self._bodies.listed()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _kind(self, key: str, model: type[Entry]) -> _Kind:
        name = key.partition("/")[0]
        kind = self._kinds.get(name)
        if kind is None:
            kind = self._kinds[name] = _Kind(model)
        return kind

    def _touched(self, key: str, entry: Entry) -> None:
        self._lately[key] = entry
        self._lately.move_to_end(key)
        if len(self._lately) > LATELY:
            self._lately.popitem(last=False)


class _Kind:
    """One model's entries. The first few of them are what the later ones are squeezed against: they differ in ids,
    times and little else."""

    def __init__(self, model: type[Entry], samples: tuple[bytes, ...] = ()) -> None:
        self._model = model
        self._samples: list[bytes] = []
        self._dictionary = b""
        self._primed: Squeezer | None = None
        for sample in samples:
            self._sampled(sample)

    @property
    def samples(self) -> tuple[bytes, ...]:
        return tuple(self._samples)

    def squeezed(self, body: bytes) -> bytes:
        if len(body) < WORTH_IT:
            return body
        if self._primed is None:
            self._sampled(body)
            return body
        packer = self._primed.copy()
        return packer.compress(body) + packer.flush()

    def _sampled(self, body: bytes) -> None:
        self._samples.append(body)
        if len(self._samples) == SAMPLES:
            self._dictionary = b"".join(self._samples)
            self._primed = zlib.compressobj(
                1, zlib.DEFLATED, WINDOW_BITS, MEMORY, zlib.Z_DEFAULT_STRATEGY, self._dictionary
            )

    def read(self, body: bytes) -> Entry:
        if body.startswith(SQUEEZED):
            body = zlib.decompressobj(WINDOW_BITS, self._dictionary).decompress(body)
        return self._model.model_validate_json(body)
