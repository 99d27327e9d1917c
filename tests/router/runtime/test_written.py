from __future__ import annotations

from router.runtime.written import Written, digest
from router.stages.contract import Record
from tests.router.runtime.memory_log import START


def record(offset: int, key: str, value: bytes | None, epoch: int, revision: int) -> Record:
    headers = (("ce_epoch", str(epoch).encode()), ("ce_revision", str(revision).encode()))
    return Record("counts", 0, offset, key.encode(), value, headers, START)


def test_the_last_record_of_a_key_is_known_whatever_its_epoch_and_the_highest_epoch_by_partition() -> None:
    written = Written({"a": 0, "b": 3}.get)
    written.fold(record(0, "a", b"new", 7, 2))
    partition, last = written.fold(record(1, "a", b"late", 6, 9))
    assert (partition, last.epoch) == (0, 6)
    found = written.last("counts", "a")
    assert found is not None
    assert (found.epoch, found.revision, found.digest) == (6, 9, digest(b"late"))
    assert written.epochs == {0: 7}


def test_a_removed_key_is_not_there_and_a_key_of_no_partition_counts_for_none() -> None:
    written = Written({"a": 0}.get)
    written.fold(record(0, "a", b"x", 1, 1))
    written.fold(record(1, "a", None, 1, 2))
    written.fold(record(2, "stranger", b"x", 50, 1))
    assert written.last("counts", "a") is None
    assert written.epochs == {0: 1}
