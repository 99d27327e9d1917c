"""The changelog as a fold: whose writes count, and what compaction may take away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model.cloudevents import Message
from router.runtime.changelog import BrokenChangelog, Replica, entry_messages, fence_message
from router.runtime.ports import Slot
from router.stages.contract import Record
from router.stages.entries import bodies
from tests.router.runtime.counting import Count

SLOT = Slot("counting.changelog", 0)
AT = datetime(2026, 11, 22, tzinfo=UTC)


def records(messages: list[Message]) -> list[Record]:
    return [Record(m.topic, 0, offset, m.key, m.value, m.headers, AT) for offset, m in enumerate(messages)]


def folded(log: list[Record]) -> Replica:
    replica = Replica({"count": Count})
    for record in log:
        replica.fold(record)
    return replica


def fence(epoch: int, worker: str = "w") -> Message:
    return fence_message(SLOT, epoch, worker, AT)


def counted(epoch: int, letter: str, count: int | None, applied: int) -> tuple[Message, ...]:
    entry = None if count is None else Count(count=count, at=AT)
    return entry_messages(SLOT, epoch, bodies({f"count/{letter}": entry}), applied)


def test_what_a_stale_worker_writes_after_a_fence_is_ignored_and_remembered() -> None:
    log = records([fence(1), *counted(1, "a", 1, 0), fence(2), *counted(1, "a", 9, 8), *counted(2, "b", 1, 1)])
    replica = folded(log)
    assert replica.store["count/a"] == Count(count=1, at=AT)
    assert replica.applied == 1
    assert replica.covered == {"count/a"}


def test_the_first_of_two_fences_of_one_epoch_holds() -> None:
    replica = folded(records([fence(1, "first"), fence(1, "second")]))
    assert (replica.fence, replica.fence_worker) == (1, "first")


def test_a_tombstone_removes_an_entry() -> None:
    replica = folded(records([fence(1), *counted(1, "a", 1, 0), *counted(1, "a", None, 1)]))
    assert len(replica.store) == 0
    assert replica.applied == 1


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (b"other/x", b"{}", "'other' is no entry of this stage"),
        (b"count/a", b'{"count": "many"}', "offset 1: count"),
    ],
)
def test_what_no_worker_of_ours_has_written_is_named_with_its_place(key: bytes, value: bytes, said: str) -> None:
    strange = Message(SLOT.topic, key, value, (("ce_epoch", b"1"),), 0)
    with pytest.raises(BrokenChangelog, match=said):
        folded(records([fence(1), strange]))


WRITES = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(1, 9)), st.booleans(), st.booleans()),
    max_size=25,
)


@given(WRITES)
def test_compaction_takes_nothing_away_once_what_stale_workers_covered_is_written_again(
    writes: list[tuple[str, int | None, bool, bool]],
) -> None:
    """Each write: a letter, its count, whether a new worker takes over first, whether a stale one writes."""
    epoch, applied, messages = 1, -1, [fence(1)]
    for letter, count, takes_over, stale in writes:
        if takes_over:
            epoch += 1
            messages.append(fence(epoch))
        if stale and epoch > 1:
            messages += counted(epoch - 1, letter, 99, 99)
        else:
            applied += 1
            messages += counted(epoch, letter, count, applied)
    before = folded(records(messages))
    again = {key: before.store.get(key) for key in before.covered if key != "applied"}
    messages += entry_messages(SLOT, epoch, bodies(again), before.applied)
    log = records(messages)
    last = {record.key: record for record in log}
    compacted = [record for record in log if last[record.key] is record]
    assert dict(folded(compacted).store) == dict(folded(log).store) == dict(before.store)
    assert folded(compacted).applied == before.applied
    assert folded(compacted).fence == epoch
