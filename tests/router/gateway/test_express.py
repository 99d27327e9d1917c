from __future__ import annotations

from random import Random

import pytest

from router.play import twilio
from tests.router.gateway.parts import ANN, KEYS, Running

SAMPLE = twilio.text(ANN, "my dog is gone", KEYS, Random(1))


async def test_a_webhook_is_taken_past_the_application_and_still_measured_by_its_route(
    up: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.FastAPI.__call__", None)
    assert (await up.post(SAMPLE)).status_code == 200
    assert len(up.log.contacts()) == 1
    labels = {"route": SAMPLE.path, "status": "200"}
    assert up.gateway.metrics.registry.get_sample_value("router_request_seconds_count", labels) == 1


async def test_another_method_is_refused_as_by_any_route(up: Running) -> None:
    async with up.client() as client:
        assert (await client.put(SAMPLE.path)).status_code == 405
        assert (await client.post(SAMPLE.path + "/")).status_code == 404


async def test_the_document_describes_the_hooks(up: Running) -> None:
    async with up.client() as client:
        document = (await client.get("/openapi.json")).json()
    assert "503" in document["paths"][SAMPLE.path]["post"]["responses"]
