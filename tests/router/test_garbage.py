"""Cycles that die young are freed; what stays is left alone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from router import garbage


class Knot:
    """Holds itself: only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_a_cycle_is_freed_before_long() -> None:
    garbage.seldom()
    gone = weakref.ref(Knot())
    held = [[number] for number in range(2 * garbage.YOUNG)]
    assert gone() is None
    assert len(held) == 2 * garbage.YOUNG


def test_what_stays_is_not_looked_through() -> None:
    held = [[number] for number in range(1_000)]
    garbage.stays()
    assert gc.get_freeze_count() >= len(held)
    assert not gc.get_objects(generation=2)
