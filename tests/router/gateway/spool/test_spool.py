"""A spool whose disk fails, or whose database is damaged, and what becomes of what lies in it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from router.gateway.log import TooLarge
from router.gateway.producer import LARGEST_REQUEST
from router.gateway.spool import spool as spools
from router.gateway.spool.figures import SpoolFigures
from router.gateway.spool.rows import SpoolFailed
from router.gateway.spool.spool import Spool
from router.model.cloudevents import Message
from tests.until import until


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spools, "PROBE_S", 0.01)


def sms(number: int, address: bytes = b"ann") -> Message:
    return Message("inbound.sms", address, b"%d" % number, (("ce_id", b"%d" % number),))


async def put(spool: Spool, message: Message) -> None:
    await spool.put(spool.backlog.begin(message.key), message)


async def waiting(spool: Spool, *addresses: bytes) -> list[int]:
    """What would be told next of each address, all under way ended."""
    spool.backlog._sending.clear()
    return [int(row.message.value or b"") for address in addresses for row in await spool.read(address)]


async def opened(folder: Path, most: int = 10**9) -> Spool:
    spool = Spool(folder, most)
    await spool.open()
    return spool


async def test_a_folder_that_cant_be_made_refuses_until_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.write_bytes(b"in the way")
    spool = await opened(folder)
    assert not spool.works
    with pytest.raises(SpoolFailed):
        await put(spool, sms(1))
    folder.unlink()
    await until(lambda: spool.works)
    await put(spool, sms(2))
    assert await waiting(spool, b"ann") == [2]
    await spool.close()


async def test_a_disk_that_fails_is_tried_and_works_again_without_anybody_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = await opened(tmp_path / "spool")
    await put(spool, sms(1))
    broken = asyncio.Event()
    broken.set()

    def fails(call: Callable[..., object]) -> Callable[..., object]:
        def called(*given: object) -> object:
            if broken.is_set():
                raise SpoolFailed
            return call(*given)

        return called

    for name in ("write", "probe"):
        monkeypatch.setattr(spool._rows, name, fails(getattr(spool._rows, name)))
    with pytest.raises(SpoolFailed):
        await put(spool, sms(2))
    assert not spool.works
    broken.clear()
    await until(lambda: spool.works)
    await put(spool, sms(3))
    assert await waiting(spool, b"ann") == [1, 3]
    await spool.close()


async def test_a_damaged_database_is_set_aside_at_the_start_and_said_so_until_it_is_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / "spool.db").write_bytes(b"rubbish" * 1000)
    with capture_logs() as said:
        spool = await opened(folder)
    (aside,) = folder.glob("broken-*.db")
    assert [each["event"] for each in said if each["log_level"] == "error"] == ["spool.damaged", "spool.set_aside"]
    assert aside.read_bytes() == b"rubbish" * 1000
    assert (spool.works, spool.broken) == (True, 1)
    await put(spool, sms(1))
    assert await waiting(spool, b"ann") == [1]
    aside.unlink()
    await until(lambda: not spool.broken)
    await spool.close()


async def damage_the_root(folder: Path) -> None:
    """Of the index: nothing of any address is found by it."""
    await asyncio.to_thread(_damage_the_root, folder)


def _damage_the_root(folder: Path) -> None:
    database = sqlite3.connect(folder / "spool.db")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'row_address'").fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with (folder / "spool.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


async def lose_the_index(folder: Path) -> None:
    """Its entries, so that it is empty and sound: rows can't be found that are there."""
    await asyncio.to_thread(_lose_the_index, folder)


def _lose_the_index(folder: Path) -> None:
    database = sqlite3.connect(folder / "spool.db")
    database.execute("PRAGMA writable_schema = ON")
    database.execute("CREATE INDEX of_nothing ON row (address, seq) WHERE 0")
    database.execute(
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'of_nothing')"
        " WHERE name = 'row_address'"
    )
    database.execute("DELETE FROM sqlite_master WHERE name = 'of_nothing'")
    database.commit()
    database.close()


@pytest.mark.parametrize("damage", [damage_the_root, lose_the_index])
async def test_what_is_damaged_while_it_runs_is_set_aside_and_read(
    tmp_path: Path, damage: Callable[[Path], Awaitable[None]]
) -> None:
    folder = tmp_path / "spool"
    spool = await opened(folder)
    for number in range(9):
        await put(spool, sms(number, (b"ann", b"ben", b"cem")[number % 3]))
    await spool._run(spool._rows.close)
    await damage(folder)
    with pytest.raises(SpoolFailed):
        await waiting(spool, b"ann")
    with pytest.raises(SpoolFailed):
        await put(spool, sms(99))
    await until(lambda: spool.works)
    assert await waiting(spool, b"ann", b"ben", b"cem") == [0, 3, 6, 1, 4, 7, 2, 5, 8]
    await put(spool, sms(9))
    assert await waiting(spool, b"ann") == [0, 3, 6, 9]
    assert (spool.broken, spool.held) == (1, 0)
    await spool.close()


async def test_a_row_that_the_disk_has_changed_is_held_and_those_behind_it_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    spool = await opened(folder)
    for number in (1, 2, 3):
        await put(spool, sms(number))
    database = sqlite3.connect(folder / "spool.db")
    database.execute("UPDATE row SET value = CAST('7' AS BLOB) WHERE value = CAST('2' AS BLOB)")
    database.commit()
    database.close()
    with capture_logs() as said:
        assert await waiting(spool, b"ann") == [1, 3]
    assert [(each["event"], each["why"]) for each in said] == [("spool.held", "damaged")]
    assert (spool.backlog.depth, spool.held) == (2, 1)
    await spool.close()
    again = await opened(folder)
    assert (again.backlog.depth, again.held) == (2, 1)
    await again.close()


async def test_what_the_log_wouldnt_take_isnt_spooled(tmp_path: Path) -> None:
    spool = await opened(tmp_path / "spool")
    with pytest.raises(TooLarge):
        await put(spool, Message("inbound.email", b"ann", bytes(LARGEST_REQUEST), ()))
    assert (spool.size, spool.backlog.depth, spool.backlog.lines) == (0, 0, {})
    await spool.close()


async def test_its_figures_tell_what_waits_since_when_and_what_became_of_the_rest(tmp_path: Path) -> None:
    now = 1_000_000
    spool = Spool(tmp_path / "spool", 1000, now_ms=lambda: now)
    await spool.open()
    await put(spool, sms(1))
    await put(spool, sms(2, b"ben"))
    with pytest.raises(SpoolFailed):
        await put(spool, Message("inbound.sms", b"cem", bytes(900), ()))
    spool.backlog._sending.clear()
    (first,) = await spool.read(b"ann")
    spool.gone(first)
    found = {each.name: each.samples[0].value for each in SpoolFigures(spool).collect()}
    size = first.size
    await until(lambda: spool.size == size)
    oldest = found.pop("router_spool_oldest_seconds")
    assert oldest > 10**9
    assert found == {
        "router_spool_depth": 1,
        "router_spool_bytes": 2 * size,
        "router_spool_held": 0,
        "router_spool_broken": 0,
        "router_spool_works": 1,
        "router_spool_taken": 2,
        "router_spool_drained": 1,
        "router_spool_failures": 1,
    }
    await spool.close()
