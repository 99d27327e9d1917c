"""What `up` promises of its processes, with a real Kafka and stubs for the gateway and the worker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from tests.kafka.upped import STUB_UP, Up, holders, plain, until_gone, upped
from tests.until import until


@pytest.fixture
def beside(kafka: str) -> dict[str, str]:
    """Environment of an `up` that starts no Kafka, for what isn't about that: it saves seconds."""
    return {"KAFKA_BOOTSTRAP_SERVERS": kafka}


def pid_of(up: Up, part: str) -> int:
    return int((up.data / f"pid-{part}").read_text())


async def changed(up: Up, part: str, old: int) -> int:
    await until(lambda: pid_of(up, part) != old)
    return pid_of(up, part)


async def test_its_ready_line_names_ports_that_answer_and_sigterm_ends_it_all(tmp_path: Path) -> None:
    async with upped(tmp_path, *STUB_UP, str(tmp_path)) as up:
        line = await up.ready()
        assert list(line) == ["ready", "gateway", "smtp", "kafka"]
        for address in (line["gateway"].removeprefix("http://"), line["smtp"], line["kafka"]):
            host, _, port = address.partition(":")
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
        await until(lambda: len(up.processes()) == 5)
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0
        assert holders(tmp_path / "lock") == set()


async def test_what_hangs_is_killed_and_it_still_ends_with_0(tmp_path: Path) -> None:
    for part in ("gateway", "worker", "watchdog"):
        (tmp_path / f"stub-{part}").write_text("deaf")
    async with upped(tmp_path, *STUB_UP, str(tmp_path)) as up:
        await up.ready()
        up.process.send_signal(signal.SIGINT)
        assert await up.wait() == 0
        assert holders(tmp_path / "lock") == set()


async def test_killed_with_9_it_leaves_nothing_and_the_next_one_starts_on_its_data(tmp_path: Path) -> None:
    async with upped(tmp_path, *STUB_UP, str(tmp_path)) as up:
        before = await up.ready()
        up.process.kill()
        await up.process.wait()
        async with upped(tmp_path, *STUB_UP, str(tmp_path)) as again:
            after = await again.ready()
            assert after["kafka"] == before["kafka"]
            again.process.send_signal(signal.SIGTERM)
            assert await again.wait() == 0


async def test_killed_with_9_while_it_starts_it_leaves_nothing(tmp_path: Path) -> None:
    async with upped(tmp_path, *STUB_UP, str(tmp_path)) as up:
        await up.says("starting Kafka")
        await until(lambda: len(up.processes()) == 4)
        up.process.kill()
        await up.process.wait()
        await until_gone(tmp_path / "lock")


async def test_a_part_that_dies_is_started_again_and_it_says_so(tmp_path: Path) -> None:
    async with upped(tmp_path, *STUB_UP, str(tmp_path)) as up:
        await up.ready()
        for part in ("gateway", "worker"):
            old = pid_of(up, part)
            os.kill(old, signal.SIGKILL)
            assert "killed by SIGKILL" in await up.says(f"the {part} ended")
            assert await changed(up, part, old) != old
        await until((up.data / "pid-watchdog").exists)
        java = up.processes() - {up.process.pid, *(pid_of(up, part) for part in ("gateway", "worker", "watchdog"))}
        assert len(java) == 1
        os.kill(java.pop(), signal.SIGKILL)
        await up.says("Kafka ended (killed by SIGKILL)")
        await up.says("Kafka answers again")
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0


async def test_a_worker_that_must_not_be_started_again_ends_it_with_its_own_sentence(
    tmp_path: Path, beside: dict[str, str]
) -> None:
    async with upped(tmp_path, *STUB_UP, str(tmp_path), env=beside) as up:
        await up.ready()
        (tmp_path / "stub-worker").write_text("for-good")
        os.kill(pid_of(up, "worker"), signal.SIGKILL)
        assert await up.wait() == 2
        assert up.said[-1] == "router: the stub worker won't."


async def test_a_watchdog_that_cant_run_ends_nothing(tmp_path: Path, beside: dict[str, str]) -> None:
    (tmp_path / "stub-watchdog").write_text("refuse")
    async with upped(tmp_path, *STUB_UP, str(tmp_path), env=beside) as up:
        await up.ready()
        assert "the stub watchdog won't. Trying again in 30 s" in await up.says("stub watchdog")
        assert up.process.returncode is None
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0


async def test_a_part_that_refuses_to_start_ends_it_with_its_own_sentence(
    tmp_path: Path, beside: dict[str, str]
) -> None:
    (tmp_path / "stub-gateway").write_text("refuse")
    async with upped(tmp_path, *STUB_UP, str(tmp_path), env=beside) as up:
        assert await up.wait() == 2
        assert up.said[-1] == "router: the stub gateway won't."
        assert holders(tmp_path / "lock") == set()


async def test_a_part_that_keeps_dying_before_it_was_ever_ready_ends_the_start(
    tmp_path: Path, beside: dict[str, str]
) -> None:
    (tmp_path / "stub-worker").write_text("bug")
    async with upped(tmp_path, *STUB_UP, str(tmp_path), env=beside) as up:
        assert await up.wait() == 2
        assert up.said[-1] == "router: the worker can't run (exit status 1)."


async def test_a_second_one_says_who_has_the_folder_and_since_when_and_leaves_the_first_alone(tmp_path: Path) -> None:
    async with upped(tmp_path, *STUB_UP, str(tmp_path)) as up:
        await up.ready()
        second = await asyncio.create_subprocess_exec(
            *STUB_UP, str(tmp_path), env=plain(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, said = await second.communicate()
        assert (second.returncode, out) == (2, b"")
        assert f"in use by pid {up.process.pid} (stub up) since 20" in said.decode()
        assert said.decode().count("\n") == 1
        assert (tmp_path / "up.json").exists()


async def test_a_port_in_use_is_one_sentence_that_names_who_has_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with upped(tmp_path, *STUB_UP, str(tmp_path), str(port)) as up:
            assert await up.wait() == 2
            assert len(up.said) == 1
            assert up.said[0].startswith(f"router: port {port} is in use by pid {os.getpid()} (")
            assert up.said[0].endswith("). Stop it, or choose another with --port.")


async def test_a_worker_that_refuses_too_much_stands_still_and_everything_else_serves(
    tmp_path: Path, beside: dict[str, str]
) -> None:
    (tmp_path / "stub-worker").write_text("capped")
    async with upped(tmp_path, *STUB_UP, str(tmp_path), env=beside) as up:
        await up.ready()
        assert "the stub worker won't." in await up.says("the worker stands still")
        assert (tmp_path / "up.json").exists()
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0
