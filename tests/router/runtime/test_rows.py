"""Rows are a dict that lies on a disk; whatever is done, and wherever it ends, there is the state at a flush."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rocksdict import Cache

from router.runtime.ports import StateUnreadable
from router.runtime.rows import FlushFailed, Rows

CACHE = Cache(2**20)
KEYS = st.binary(max_size=2)
END = b"\xff" * 3
PUT = st.tuples(st.just("put"), KEYS, st.binary(max_size=20))
DROP = st.tuples(st.just("drop"), KEYS, st.just(b""))
OTHER = st.tuples(st.sampled_from(["leave", "flush", "crash"]), st.just(b""), st.just(b""))
DONE = st.lists(st.one_of(PUT, PUT, DROP, OTHER), max_size=30)


def content(rows: Rows, first: bytes = b"", end: bytes = END) -> dict[bytes, bytes | None]:
    keys = list(rows.keys(first, end))
    assert len(keys) == len(set(keys))
    return {key: rows.get(key) for key in keys}


@settings(max_examples=40)
@given(DONE, KEYS, KEYS)
def test_it_is_a_dict_and_after_a_crash_as_at_its_last_flush(
    done: list[tuple[str, bytes, bytes]], first: bytes, end: bytes
) -> None:
    with TemporaryDirectory() as folder:
        rows = Rows(Path(folder) / "db", CACHE)
        now: dict[bytes, bytes] = {}
        left: dict[bytes, bytes] = {}
        flushed: dict[bytes, bytes] = {}
        for what, key, value in done:
            if what == "put":
                rows.put(key, value)
                now[key] = value
            elif what == "drop":
                rows.put(key, None)
                now.pop(key, None)
            elif what == "leave":
                rows.leave({})
                left = dict(now)
            elif what == "flush":
                rows.leave({b"\xff": b"at"})
                rows.flush()
                now[b"\xff"] = b"at"
                flushed = left = dict(now)
            else:
                rows.close()
                rows = Rows(Path(folder) / "db", CACHE)
                now, left = dict(flushed), dict(flushed)
            assert content(rows) == now
            assert rows.get(key) == now.get(key)
            assert content(rows, first, end) == {each: now[each] for each in now if first <= each < end}
        rows.flush()
        rows.close()
        rows = Rows(Path(folder) / "db", CACHE)
        assert content(rows) == left
        rows.close()


def test_many_rows_are_listed_once_each_while_others_come_and_go(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "db", CACHE)
    for number in range(2000):
        rows.put(b"%04d" % number, b"x")
    rows.leave({})
    rows.flush()
    seen = []
    for number, key in enumerate(rows.keys(b"0100", b"1900")):
        seen.append(key)
        rows.put(b"0500x%d" % number, b"new")
        if number == 900:
            rows.leave({})
            rows.flush()
    assert [key for key in seen if len(key) == 4] == [b"%04d" % number for number in range(100, 1900)]
    assert len(seen) == len(set(seen))
    rows.close()


# Writes n to each of a hundred rows, and flushes, again and again; says when the first is done.
WRITER = """
import sys
from pathlib import Path
from rocksdict import Cache
from router.runtime.rows import Rows
rows = Rows(Path(sys.argv[1]), Cache(2**20))
number = int(rows.get(b"at") or b"0")
while True:
    number += 1
    for each in range(100):
        rows.put(b"%d" % each, b"%d" % number + b"." * 2000)
    rows.put(b"gone%d" % number, b"")
    rows.put(b"gone%d" % (number - 1), None)
    rows.leave({b"at": b"%d" % number})
    rows.flush()
    print(number, flush=True)
"""


def killed_under_way(folder: Path, flushes: int, chance: random.Random) -> int:
    """How many flushes had come back."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = 0
        for _ in range(flushes):
            last = int(process.stdout.readline())
        for _ in range(chance.randrange(20_000)):
            pass  # somewhere in the next one
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
    return int(rest[-1]) if rest else last


def test_killed_in_the_middle_of_flushes_it_is_as_at_one_of_them(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(5):
        done = killed_under_way(tmp_path / "db", chance.randrange(1, 12), chance)
        rows = Rows(tmp_path / "db", CACHE)
        at = int(rows.get(b"at") or b"0")
        assert done <= at <= done + 1
        found = content(rows)
        value = b"%d" % at + b"." * 2000
        expected = {b"%d" % each: value for each in range(100)}
        assert found == {**expected, b"at": b"%d" % at, b"gone%d" % at: b""}
        rows.close()


def test_a_failed_flush_loses_nothing_and_the_next_one_that_can_writes_all(
    tmp_path: Path, small_files: Callable[[], None]
) -> None:
    rows = Rows(tmp_path / "db", CACHE)
    rows.put(b"small", b"1")
    rows.leave({})
    rows.flush()
    rows.put(b"large", os.urandom(2**20))
    rows.put(b"small", b"2")
    rows.leave({})
    with pytest.raises(FlushFailed):
        rows.flush()
    assert rows.get(b"small") == b"2"
    rows.put(b"small", b"3")
    with pytest.raises(FlushFailed):
        rows.leave({})
    assert content(rows).keys() == {b"small", b"large"}
    small_files()
    rows.leave({})
    assert rows.get(b"small") == b"3"
    rows.flush()
    rows.close()
    rows = Rows(tmp_path / "db", CACHE)
    assert (rows.get(b"small"), len(rows.get(b"large") or b"")) == (b"3", 2**20)
    rows.close()


def flushed(folder: Path) -> dict[bytes | None, dict[bytes, bytes | None]]:
    """The states at three flushes, by what each says of itself; the first is nothing."""
    rows = Rows(folder, CACHE)
    states: dict[bytes | None, dict[bytes, bytes | None]] = {None: content(rows)}
    for at, every in ((b"1", 1), (b"2", 7)):
        for number in range(0, 3000, every):
            rows.put(b"key%d" % number, os.urandom(40))
        rows.leave({b"at": at})
        rows.flush()
        states[at] = content(rows)
    rows.close()
    return states


def got(rows: Rows, key: bytes, otherwise: bytes | None) -> bytes | None:
    try:
        return rows.get(key)
    except StateUnreadable:
        return otherwise


@pytest.mark.parametrize("seed", range(30))
def test_damaged_it_says_so_or_is_as_at_an_earlier_flush(tmp_path: Path, seed: int) -> None:
    states = flushed(tmp_path / "db")
    chance = random.Random(seed)
    files = (each for each in (tmp_path / "db").iterdir() if each.name.startswith("MANIFEST") or each.suffix == ".sst")
    damaged = chance.choice(sorted(files))
    body = bytearray(damaged.read_bytes())
    if seed % 2:
        del body[chance.randrange(len(body)) :]
    else:
        start = chance.randrange(len(body))
        body[start : start + 8] = bytes(255 - each for each in body[start : start + 8])
    damaged.write_bytes(body)
    with suppress(StateUnreadable):
        rows = Rows(tmp_path / "db", Cache(2**20))
        try:
            expected = states[rows.get(b"at")]
            for key in states[b"2"]:
                assert got(rows, key, expected.get(key)) == expected.get(key)
            assert content(rows) == expected
        finally:
            rows.close()
