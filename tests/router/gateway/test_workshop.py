from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.errors import Forged, Malformed
from router.gateway.workshop import JobFailed, Workshop


@pytest.fixture
async def workshop() -> AsyncIterator[Workshop]:
    made = Workshop()
    yield made
    await made.stop()


def forged() -> None:
    raise Forged("a reason")


def malformed() -> None:
    raise Malformed("From", "an address", "list")


def quoting() -> None:
    raise ValueError("private words")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_a_job_is_done_elsewhere_and_what_it_prints_harms_nothing(workshop: Workshop) -> None:
    assert await workshop.run(os.getpid) == workshop.pid != os.getpid()
    await workshop.run(print, "words on standard output")
    assert await workshop.run(divmod, 7, 2) == (3, 1)


async def test_problems_of_a_channel_come_back_as_they_were(workshop: Workshop) -> None:
    with pytest.raises(Forged, match="a reason"):
        await workshop.run(forged)
    with pytest.raises(Malformed) as problem:
        await workshop.run(malformed)
    assert (problem.value.field, problem.value.expected, problem.value.got) == ("From", "an address", "list")


async def test_of_any_other_error_only_its_type_is_told(workshop: Workshop) -> None:
    with pytest.raises(JobFailed) as problem:
        await workshop.run(quoting)
    assert problem.value.kind == "ValueError"
    assert "private" not in str(problem.value)


async def test_a_process_that_is_killed_costs_its_own_job_alone(workshop: Workshop) -> None:
    with pytest.raises(JobFailed):
        await workshop.run(killed)
    assert await workshop.run(divmod, 7, 2) == (3, 1)


def killed_once(mark: Path) -> str:
    if not mark.exists():
        mark.touch()
        killed()
    return "done"


async def test_a_job_whose_process_somebody_else_ended_is_done_again(workshop: Workshop, tmp_path: Path) -> None:
    assert await workshop.run(killed_once, tmp_path / "mark") == "done"


async def test_a_job_that_takes_too_long_is_ended() -> None:
    workshop = Workshop(most_s=0.2)
    with pytest.raises(JobFailed) as problem:
        await workshop.run(time.sleep, 60)
    assert problem.value.kind == "TimeoutError"
    assert workshop.pid is None
    await workshop.stop()


async def test_who_gives_up_leaves_no_answer_to_the_next(workshop: Workshop) -> None:
    giving_up = asyncio.create_task(workshop.run(time.sleep, 60))
    while workshop.pid is None:  # noqa: ASYNC110 - the workshop tells nobody
        await asyncio.sleep(0.001)
    giving_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await giving_up
    assert await workshop.run(divmod, 7, 2) == (3, 1)


async def test_jobs_take_turns_in_one_process_which_ends_when_it_is_idle() -> None:
    workshop = Workshop(idle_s=0.01)
    assert len(set(await asyncio.gather(*(workshop.run(os.getpid) for _ in range(3))))) == 1
    while workshop.pid is not None:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.001)
    assert await workshop.run(divmod, 7, 2) == (3, 1)
    await workshop.stop()


async def test_its_process_ends_with_the_gateway_that_began_it(workshop: Workshop) -> None:
    pid = await workshop.run(os.getpid)
    assert workshop._process is not None
    assert workshop._process.stdin is not None
    workshop._process.stdin.close()  # as the kernel does for one that was killed
    await workshop._process.wait()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
