"""A checkpoint is read back as it was, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.runtime.checkpoint import About, BadCheckpoint, Checkpoint, models_of, read, sampled, write
from router.stages.contract import Entry
from router.stages.entries import Store
from tests.router.runtime.counting import Count, Counting

AT = datetime(2026, 11, 22, tzinfo=UTC)
KINDS = Counting().kinds
COUNTS = st.dictionaries(st.text(min_size=1, max_size=5), st.tuples(st.integers(), st.integers(0, 100)), max_size=30)


def filled(counts: dict[str, tuple[int, int]]) -> Store:
    store = Store()
    for key, (count, seconds) in counts.items():
        entry: Entry = Count(count=count, at=AT, expires_at=AT + timedelta(seconds=seconds) if seconds else None)
        store.merge({f"count/{key}": entry})
    return store


def checkpoint(store: Store) -> Checkpoint:
    kept = store.kept()
    about = About(
        stage="counting",
        partition=0,
        models=models_of(KINDS),
        at=AT,
        offset=7,
        mark="m",
        applied=3,
        fence=2,
        fence_worker="w",
        fence_at=4,
        covered=("count/a",),
        samples=sampled(kept.packed.samples),
    )
    return Checkpoint(about, kept)


def written(one: Checkpoint) -> bytes:
    file = BytesIO()
    write(one, file.write)
    return file.getvalue()


@given(COUNTS, st.integers(0, 120))
def test_entries_are_as_they_were_and_expire_when_they_did(counts: dict[str, tuple[int, int]], seconds: int) -> None:
    store = filled(counts)
    one = checkpoint(store)
    again = Store()
    found = read(written(one))
    again.begin_with(found.kept, KINDS)
    assert found.about == one.about
    assert dict(again) == dict(store)
    at = AT + timedelta(seconds=seconds)
    assert sorted(again.expired(at, 100)) == sorted(store.expired(at, 100))
    more = Count(count=1, at=AT, expires_at=AT + timedelta(seconds=5))
    for each in (store, again):
        each.merge({"count/more": more})
    assert dict(again) == dict(store)
    assert sorted(again.expired(at, 100)) == sorted(store.expired(at, 100))


WHOLE = written(checkpoint(filled({f"key{number}": (number, number % 3) for number in range(20)})))


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut_is_none(length: int) -> None:
    with pytest.raises(BadCheckpoint):
        read(WHOLE[:length])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_file_with_any_byte_altered_is_none(at: int, other: int) -> None:
    with pytest.raises(BadCheckpoint):
        read(WHOLE[:at] + bytes([WHOLE[at] ^ other]) + WHOLE[at + 1 :])


@given(st.binary(max_size=300))
def test_anything_else_is_none(content: bytes) -> None:
    for each in (content, WHOLE + content[:1] + b"x"):
        with pytest.raises(BadCheckpoint):
            read(each)


def test_what_is_kept_later_doesnt_change_a_checkpoint_that_was_taken() -> None:
    store = filled({"a": (1, 5)})
    one = checkpoint(store)
    store.merge({"count/a": None, "count/b": Count(count=2, at=AT)})
    again = Store()
    again.begin_with(read(written(one)).kept, KINDS)
    assert set(again) == {"count/a"}
