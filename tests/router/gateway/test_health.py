from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from router.gateway.app import build
from router.gateway.hop_times import observe
from router.gateway.metrics import Metrics
from router.model.events import QueueEvent
from router.play import twilio
from scoring.model import Skill
from tests.router.gateway.parts import ANN, KEYS, Running, rng, told
from tests.router.stages.situations import Table, came, claims, presence


async def test_readiness_names_each_part(up: Running) -> None:
    parts = {"log": True, "queues": False}
    asked = {name: partial(parts.__getitem__, name) for name in parts}
    gateway = replace(up.gateway, parts=asked, metrics=Metrics())
    running = replace(up, parts=build(gateway))
    async with running.client() as client:
        assert (await client.get("/healthz")).status_code == 200
        not_yet = await client.get("/readyz")
        parts["queues"] = True
        ready = await client.get("/readyz")
    assert (not_yet.status_code, not_yet.json()) == (
        503,
        {"ready": False, "degraded": False, "parts": {"log": True, "queues": False}},
    )
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


async def test_metrics_tell_requests_contacts_and_depths_and_no_personal_data(up: Running) -> None:
    table = Table()
    table.take(came("c1", "ann", skill=Skill.CLAIMS))
    for outcome in table.told:
        up.gateway.handle(told(outcome), live=False)
    await up.post(twilio.text(ANN, "private words", KEYS, rng()))
    await up.ask("PUT", "/desk/people/private-reference", json={"addresses": [ANN.phone]})
    async with up.client() as client:
        text = (await client.get("/metrics")).text
    assert 'router_contacts_total{channel="twilio-sms",outcome="accepted"} 1.0' in text
    assert 'router_request_seconds_count{route="/hooks/twilio/sms",status="200"} 1.0' in text
    assert 'router_queue_depth{severity="S3",skill="claims",state="waiting"} 1.0' in text
    assert "process_resident_memory_bytes" in text
    assert "private" not in text
    assert ANN.phone not in text


def test_a_contact_s_hops_are_timed_once_and_only_where_it_came() -> None:
    table, metrics = Table(), Metrics()
    table.take(presence("maria"))
    table.take_all(came("c1", "ann"), came("c2", "ann"), claims("maria", "c1"))
    for outcome in table.told:
        if isinstance(outcome.value, QueueEvent):
            hop = outcome.value.contacts[-1].hops.received_at
            observe(metrics, told(outcome, at=hop + timedelta(milliseconds=40)), outcome.value)
    seen = metrics.registry.get_sample_value
    assert seen("router_hop_seconds_count", {"hop": "webhook-to-queue"}) == 2
    assert seen("router_hop_seconds_sum", {"hop": "webhook-to-queue"}) == pytest.approx(0.08)


async def test_an_error_that_nobody_expected_is_told_by_its_type_and_place(up: Running) -> None:
    def fails(skill: Skill) -> None:
        raise RuntimeError("private words")

    up.gateway.view.queue = fails  # type: ignore[assignment]  # the least of a broken part
    with capture_logs() as logs:
        response = await up.ask("GET", "/desk/queues")
    assert (response.status_code, response.json()) == (500, {"reason": "failed"})
    (entry,) = [entry for entry in logs if entry["event"] == "request.failed"]
    assert (entry["error"], entry["where"].partition(":")[0]) == ("RuntimeError", "test_health.py")
    assert "private words" not in str(logs)
