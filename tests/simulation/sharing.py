"""Every worker of a simulation does the same, and the checker once more: each thing is done once for all of them.

Equal bytes are parsed once, and not at all where somebody here has written them; a value is dumped once; a record that
meets the same entries again isn't stepped again. Safe, since values are frozen, what is written reads back as it was
and steps are pure: a seed without any of this gives the same logs (test_simulation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

import tests.checker.facts
import tests.checker.stuck
import tests.checker.truth
from router.model import cloudevents
from router.model.catalogue import Types
from router.model.cloudevents import Message
from router.model.events import QueueEvent
from router.runtime import comparison, outcomes, steps
from router.stages import decode, entries, intake, pool, shelf
from router.stages.contract import Entries, Entry, Outcome, Record, Stage, Step
from router.stages.state import IncidentEntry
from tests.simulation import story
from tests.simulation.replaced import replaced


class _Known:
    """What bytes mean, by model; and what was made of an object, which is kept so that no other gets its id."""

    def __init__(self) -> None:
        self.read: dict[type[BaseModel], dict[bytes, Any]] = {}
        self.events: dict[int, tuple[Record, decode.Event]] = {}
        self.bodies: dict[int, tuple[Entry, bytes]] = {}
        self.squeezed: dict[tuple[bytes, bytes], bytes] = {}
        self.steps: dict[int, list[tuple[Record, _Seen, Step]]] = {}

    def learn(self, value: BaseModel | None, body: bytes | None) -> None:
        if value is not None and body is not None:
            self.read.setdefault(type(value), {}).setdefault(body, value)

    def parse(self, model: type[BaseModel], body: bytes) -> Any:
        found = self.read.setdefault(model, {}).get(body)
        if found is None:
            found = self.read[model][body] = model.model_validate_json(body)
        return found

    def decode(self, record: Record, types: Types) -> decode.Event:
        found = self.events.get(id(record))
        if found is None:
            found = self.events[id(record)] = record, decode.decode(record, _shared(types))
        return found[1]

    def dumped(self, entry: Entry) -> bytes:
        found = self.bodies.get(id(entry))
        if found is None:
            found = self.bodies[id(entry)] = entry, shelf.dumped(entry)
            self.learn(entry, found[1])
        return found[1]

    def encode(self, stage: str, outcome: Outcome, epoch: int | None) -> Message:
        message = outcomes.encode(stage, outcome, epoch)
        self.learn(outcome.value, message.value)
        return message

    def squeeze(self, kind: Any, body: bytes) -> bytes:
        if kind._primed is None:
            return _squeezed(kind, body)
        key = kind._dictionary, body
        found = self.squeezed.get(key)
        if found is None:
            found = self.squeezed[key] = _squeezed(kind, body)
        return found

    def step(self, stage: Stage, base: Mapping[str, Entry], record: Record) -> Step:
        done = self.steps.setdefault(id(record), [])
        for _, seen, step in done:
            if seen.again(base):
                return step
        seen = _Seen(base)
        step = stage.step(Entries(seen), record)
        done.append((record, seen, step))
        return step


class _Seen(dict[str, Entry]):
    """Entries, and what was read of them."""

    def __init__(self, base: Mapping[str, Entry]) -> None:
        super().__init__()
        self._base: Any = base
        self._read: dict[str, Entry | None] = {}
        self._asked: list[tuple[datetime, int, tuple[str, ...]]] = []

    def get(self, key: str, default: Any = None) -> Any:
        entry = self._read[key] = self._base.get(key)
        return default if entry is None else entry

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        found: tuple[str, ...] = self._base.expired(at, limit)
        self._asked.append((at, limit, found))
        return found

    def again(self, base: Any) -> bool:
        """Whether whoever reads the same of these entries finds the same."""
        self._base = base
        return all(_same(base.get(key), entry) for key, entry in self._read.items()) and all(
            base.expired(at, limit) == found for at, limit, found in self._asked
        )


def _same(one: Entry | None, other: Entry | None) -> bool:
    return one is other or one == other


_squeezed = shelf._Kind.squeezed


class _Now:
    """known: what is shared; None for nothing."""

    known: _Known | None = None


class _Model:
    """Stands for a model: what it reads, it reads once a simulation."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    @cache  # noqa: B019 - there is one of each model, for good
    def model_json_schema(self) -> Any:
        return self._model.model_json_schema()

    def model_validate_json(self, body: bytes) -> Any:
        return self._model.model_validate_json(body) if _Now.known is None else _Now.known.parse(self._model, body)


_MODELS: dict[type[BaseModel], Any] = {}
_TYPES: dict[int, Types] = {}


def _model(model: type[BaseModel]) -> Any:
    return _MODELS.setdefault(model, _Model(model))


def _shared(types: Types) -> Types:
    if id(types) not in _TYPES:
        _TYPES[id(types)] = {name: _model(model) for name, model in types.items()}
    return _TYPES[id(types)]


@contextmanager
def sharing() -> Iterator[None]:
    """While it lasts, stages, runners and the checker share what they read and write."""
    known = _Now.known = _Known()

    def received(*told: Any) -> Message:
        message = cloudevents.message(*told)
        known.learn(told[2], message.value)
        return message

    places: list[tuple[Any, str, Any]] = [
        *((module, "decode", known.decode) for module in (intake, pool, tests.checker.facts)),
        *((module, "encode", known.encode) for module in (steps, comparison, tests.checker.truth)),
        (entries, "dumped", known.dumped),
        (shelf._Kind, "squeezed", lambda kind, body: known.squeeze(kind, body)),  # noqa: PLW0108 - a method
        (story, "message", received),
        (tests.checker.facts, "QueueEvent", _model(QueueEvent)),
        (tests.checker.stuck, "IncidentEntry", _model(IncidentEntry)),
    ]
    try:
        with replaced(*places):
            yield
    finally:
        _Now.known = None


@dataclass(frozen=True)
class _Reading:
    """A stage whose entries are read once, and whose steps are taken once."""

    stage: Stage
    name: str
    sources: tuple[str, ...]
    kinds: Mapping[str, type[Entry]]
    slow: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)

    def paced(self, waiting: int) -> Any:
        return self

    def step(self, entries: Entries, record: Record) -> Step:
        if _Now.known is None or entries.changes:
            return self.stage.step(entries, record)
        return _Now.known.step(self.stage, entries.base, record)

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        return self.stage.truth(entries, partition)

    def retold(self, entries: Mapping[str, Entry]) -> Iterator[Outcome]:
        return self.stage.retold(entries)


def reading(stage: Stage) -> Stage:
    """The stage, with kinds that `sharing` knows of."""
    kinds = {name: cast(type[Entry], _model(model)) for name, model in stage.kinds.items()}
    return cast(Stage, _Reading(stage, stage.name, stage.sources, kinds))
