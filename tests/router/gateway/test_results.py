from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from router.gateway.commands import fingerprint
from router.gateway.results import Results
from router.model.events import CommandResult
from router.stages.contract import Record
from tests.router.gateway.parts import NOW, Running


def record(value: bytes | None, kind: str = "command.result") -> Record:
    return Record("desk", 0, 0, b"maria", value, (("ce_type", kind.encode()),), NOW)


def result(command_id: str, status: int = 200, fingerprint: str = "") -> Record:
    told = CommandResult(command_id=command_id, status=status, agent_id="maria", fingerprint=fingerprint)
    return record(told.model_dump_json().encode())


async def test_each_waiter_hears_of_its_own_command() -> None:
    results = Results()
    with results.wait("m_1", "f") as one, results.wait("m_1", "f") as again, results.wait("m_2", "f") as other:
        results.apply(result("m_1", 409))
        assert (await one).status == (await again).status == 409
        assert not other.done()
    results.apply(result("m_1"))


async def test_the_422_of_a_reused_key_is_not_the_first_command_s() -> None:
    results = Results()
    with results.wait("m_1", "first") as first, results.wait("m_1", "second") as second:
        results.apply(result("m_1", 422, "second"))
        results.apply(result("m_1", 200, "first"))
        assert ((await first).status, (await second).status) == (200, 422)


async def test_a_waiter_that_gave_up_is_forgotten() -> None:
    results = Results()
    with pytest.raises(TimeoutError), results.wait("m_1", "f") as waiter:
        async with asyncio.timeout(0):
            await waiter
    results.apply(result("m_1"))


def test_what_is_no_result_passes() -> None:
    results = Results()
    results.apply(record(b"{}", "agent.changed"))
    results.apply(record(None))


async def test_a_record_that_cannot_be_read_is_counted_and_stops_nothing(up: Running) -> None:
    queue = Record("queue.general", 0, 7, b"i_x", b"{}", (), NOW)
    bad_version = Record("queue.general", 0, 8, b"i_x", None, (("ce_epoch", b"x"),), NOW)
    with up.gateway.results.wait("m_1", "f"), capture_logs() as logs:
        up.gateway.handle(record(b"{}"), live=True)
        up.gateway.handle(queue, live=True)
        up.gateway.handle(bad_version, live=True)
    assert [(entry["event"], entry["topic"]) for entry in logs] == [
        ("record.undecodable", "desk"),
        ("record.undecodable", "queue.general"),
        ("record.undecodable", "queue.general"),
    ]
    assert up.metric("router_undecodable_records_total", topic="queue.general") == 2


def test_a_fingerprint_is_of_what_a_body_says_not_how() -> None:
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
