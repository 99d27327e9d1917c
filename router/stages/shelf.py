"""Entries at rest: each as the JSON that stands in the changelog, squeezed; a tenth of what its objects take.

Most entries are written once and read never again. What was touched lately is kept as objects, too.
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


class Packed(NamedTuple):
    """Entries as they rest: bodies by key, squeezed; by kind, what they are squeezed against."""

    bodies: dict[str, bytes]
    samples: dict[str, tuple[bytes, ...]]


class Shelf:
    """Entries by key; all under one `<kind>/` are of one model."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._kinds: dict[str, _Kind] = {}
        self._lately: OrderedDict[str, Entry] = OrderedDict()  # a plain dict's front is slow to find

    def put(self, key: str, entry: Entry, body: bytes) -> None:
        """body: the entry, dumped."""
        kind = self._kind(key, type(entry))
        self._bodies[key] = kind.squeezed(body)
        self._touched(key, entry)

    def drop(self, key: str) -> None:
        self._bodies.pop(key, None)
        self._lately.pop(key, None)

    def get(self, key: str) -> Entry | None:
        entry = self._lately.get(key)
        if entry is None and key in self._bodies:
            entry = self._read(key)
            self._touched(key, entry)
        return entry

    def packed(self) -> Packed:
        """What is there now; a copy of the list, not of the bodies."""
        return Packed(dict(self._bodies), {name: kind.samples for name, kind in self._kinds.items()})

    def unpacked(self, packed: Packed, kinds: Mapping[str, type[Entry]]) -> None:
        """Begins again with what was packed. Raises KeyError for a kind that isn't in `kinds`."""
        self._kinds = {name: _Kind(kinds[name], samples) for name, samples in packed.samples.items()}
        self._bodies = packed.bodies
        self._lately.clear()

    def __contains__(self, key: object) -> bool:
        return key in self._bodies

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)

    def _kind(self, key: str, model: type[Entry]) -> _Kind:
        name = key.partition("/")[0]
        kind = self._kinds.get(name)
        if kind is None:
            kind = self._kinds[name] = _Kind(model)
        return kind

    def _read(self, key: str) -> Entry:
        return self._kinds[key.partition("/")[0]].read(self._bodies[key])

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
