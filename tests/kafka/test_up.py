"""`router up` with its real parts, and the parts one by one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import httpx

from router.runtime import running
from router.runtime.topics import load
from tests.kafka.upped import Up, plain, upped
from tests.until import PATIENCE_S, until

ROUTER = (sys.executable, "-m", "router")
FREE = ("--port", "0", "--smtp-port", "0", "--kafka-port", "0")


def up_on(data: Path) -> tuple[str, ...]:
    return (*ROUTER, "up", "--data", str(data), *FREE)


async def router(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of one command."""
    process = await asyncio.create_subprocess_exec(
        *ROUTER,
        *arguments,
        env={**plain(), **(env or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), said.decode()


def child_of(up: Up, part: str) -> int:
    """The process id of the part that runs now."""
    for pid in up.processes() - {up.process.pid}:
        if f"router\0{part}".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise LookupError(part)


async def test_other_commands_find_it_by_its_folder_and_its_topics_are_as_the_file_says(tmp_path: Path) -> None:
    async with upped(tmp_path, *up_on(tmp_path)) as up:
        line = await up.ready()
        found = running.find(tmp_path)
        assert found is not None
        assert {"gateway": found.gateway, "smtp": found.smtp, "kafka": found.kafka, "ready": True} == line
        status, out, said = await router("topics", "check", "--data", str(tmp_path))
        assert (status, out, said) == (0, f"all {len(load())} topics are as topics.yaml says\n", "")
        async with httpx.AsyncClient(base_url=line["gateway"], timeout=PATIENCE_S) as http:
            assert (await http.get("/readyz")).status_code == 200
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0
    status, out, said = await router("topics", "check", "--data", str(tmp_path))
    assert (status, out) == (2, "")
    assert said.startswith(f"router: no `router up` is ready on the data folder {tmp_path}.")


async def test_while_its_gateway_is_started_again_a_request_waits_and_is_not_refused(tmp_path: Path) -> None:
    async with upped(tmp_path, *up_on(tmp_path)) as up:
        line = await up.ready()
        old = child_of(up, "gateway")
        os.kill(old, signal.SIGKILL)
        await until(lambda: old not in up.processes())
        async with httpx.AsyncClient(base_url=line["gateway"], timeout=PATIENCE_S) as http:
            assert (await http.get("/healthz")).status_code == 200
        assert child_of(up, "gateway") != old


async def test_the_parts_run_one_by_one_against_a_broker_that_is_named_to_them(tmp_path: Path) -> None:
    data = str(tmp_path)
    async with upped(tmp_path, *ROUTER, "broker", "--data", data, "--kafka-port", "0") as broker:
        env = {"KAFKA_BOOTSTRAP_SERVERS": (await broker.ready())["kafka"]}
        status, out, _ = await router("topics", "check", env=env)
        assert status == 1
        assert "pool: missing\n" in out
        status, out, _ = await router("topics", "create", env=env)
        assert (status, len(out.splitlines())) == (0, len(load()))

        mine, theirs = tmp_path / "mine", tmp_path / "theirs"
        worker = (*ROUTER, "worker", "--data", str(mine))
        gateway = (*ROUTER, "gateway", "--data", str(theirs), "--port", "0", "--smtp-port", "0")
        async with upped(mine, *worker, env=env) as one, upped(theirs, *gateway, env=env) as other:
            assert list(await one.ready()) == ["ready", "worker"]
            line = await other.ready()
            async with httpx.AsyncClient(base_url=line["gateway"], timeout=PATIENCE_S) as http:
                assert (await http.get("/readyz")).status_code == 200
            for part in (other, one, broker):
                part.process.send_signal(signal.SIGTERM)
                assert await part.wait() == 0


async def test_with_kafka_named_in_the_environment_up_starts_none_of_its_own(tmp_path: Path, kafka: str) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": kafka}
    async with upped(tmp_path, *up_on(tmp_path), env=env) as up:
        assert (await up.ready())["kafka"] == kafka
        await until(lambda: len(up.processes()) == 4)
        assert not (tmp_path / "kafka").exists()
        up.process.send_signal(signal.SIGTERM)
        assert await up.wait() == 0


async def test_a_kafka_that_isnt_there_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    assert await router("up", "--data", str(tmp_path), *FREE, env=env) == (
        2,
        "",
        "router: Kafka doesn't answer at 127.0.0.1:9.\n",
    )


async def test_a_part_without_its_kafka_says_what_to_set() -> None:
    status, out, said = await router("worker", env={"KAFKA_BOOTSTRAP_SERVERS": ""})
    assert (status, out) == (2, "")
    assert said.startswith("router: KAFKA_BOOTSTRAP_SERVERS isn't set.")


async def test_help_is_quick_since_it_imports_nothing_heavy() -> None:
    heavy = ("aiokafka", "fastapi", "pydantic", "rich.console", "twilio", "jgo")
    code = f"import sys; from router.cli.main import build; print([m for m in {heavy} if m in sys.modules])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert json.loads(out.decode().replace("'", '"')) == []
