"""`router run` without a terminal, as CI would call it: on a broker of its own, in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest


async def run(data: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    env = {name: value for name, value in os.environ.items() if name != "KAFKA_BOOTSTRAP_SERVERS"}
    ports = ("--port", "0", "--smtp-port", "0", "--kafka-port", "0")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "router", "run", "--data", str(data), *ports, *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(180):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.mark.timeout(400)  # two plays of 13 s, each with a broker that starts
async def test_it_plays_once_and_again_on_the_same_data(tmp_path: Path) -> None:
    status, out, err = await run(tmp_path, "--seed", "7")
    assert status == 0, out + err
    placed = {line.split()[2]: line.split()[3:] for line in out.splitlines() if line[:1].isdigit() and "  c_" in line}
    assert len(placed) == 28
    assert "28 of 28 contacts are on a queue" in out
    assert "1 automatic reply is recorded and kept out of the queues." in out
    assert "The emergency is one incident of one person" in out
    assert "S1 emergency-vet, by sms, call, email." in out
    assert {words[0] for words in placed.values()} == {"S1", "S2", "S3", "S4"}
    assert len({words[2] for words in placed.values()}) >= 6
    for secret in ("twilio_auth_tokens", "postmark_basic_auth", "desk_tokens"):
        assert (tmp_path / "secrets" / secret).stat().st_mode & 0o777 == 0o600

    status, out, err = await run(tmp_path, "--seed", "7")
    assert status == 0, out + err
    assert "open from before" in out
    assert "28 of 28 contacts are on a queue, in 0 incidents" in out
