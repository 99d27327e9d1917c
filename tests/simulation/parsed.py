"""Every worker of a simulation reads every record: the same bytes are parsed once for all of them.

Safe, since what is parsed is frozen, and equal bytes are an equal value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import tests.checker.facts
from router.model.catalogue import Types
from router.stages import decode, intake, pool
from router.stages.contract import Entries, Entry, Outcome, Record, Stage, Step

_READERS: tuple[Any, ...] = (intake, pool, tests.checker.facts)


@contextmanager
def decoded_once() -> Iterator[None]:
    """While it lasts, a record is decoded once, for the stages and for the checker."""
    known: dict[int, tuple[Record, decode.Event]] = {}

    def once(record: Record, types: Types) -> decode.Event:
        found = known.get(id(record))
        if found is None:
            # The record is kept, so that no other gets its id.
            found = known[id(record)] = record, decode.decode(record, types)
        return found[1]

    for module in _READERS:
        module.decode = once
    try:
        yield
    finally:
        for module in _READERS:
            module.decode = decode.decode


class _Once:
    """Stands for a model where only `model_validate_json` is called of it."""

    def __init__(self, model: type[Entry]) -> None:
        self.model_validate_json = lru_cache(maxsize=1000)(model.model_validate_json)


@dataclass(frozen=True)
class _Parsed:
    stage: Stage
    name: str
    sources: tuple[str, ...]
    kinds: Mapping[str, type[Entry]]
    slow: bool = False

    def paced(self, waiting: int) -> Stage:
        return self

    def step(self, entries: Entries, record: Record) -> Step:
        return self.stage.step(entries, record)

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        return self.stage.truth(entries, partition)


_KINDS: dict[type[Entry], Any] = {}


def parsed_once(stage: Stage) -> Stage:
    """The stage, with kinds of which equal bytes are parsed once."""
    for model in stage.kinds.values():
        _KINDS.setdefault(model, _Once(model))
    kinds = {name: cast(type[Entry], _KINDS[model]) for name, model in stage.kinds.items()}
    return _Parsed(stage, stage.name, stage.sources, kinds)
