"""Every answer that the OpenAPI document names for the desk can be had, and is of the form that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.specs.openapi.schemas import OpenApiSchema

from router.gateway.desk_guard import LARGEST_BODY
from tests.router.gateway.parts import BEARER, PoolLog, Running, running
from tests.router.gateway.test_desk import happened
from tests.router.stages.situations import came, contact_id, incident_id

ABLE = {"presence": "available", "skills": {"emergency-vet": 5, "general": 5, "lang-en": 5}, "capacity": 1}
I1, I2 = incident_id("c1"), incident_id("c2")
READS = (
    ("/desk/queues", ""),
    ("/desk/queues/{skill}", "general"),
    ("/desk/incidents/{incident_id}", I1),
    ("/desk/contacts/{contact_id}", contact_id("c1")),
)
COMMANDS = ("claim", "release", "resolve")


@dataclass
class Day:
    """A desktop whose every answer is held against the document. seen: statuses, by operation."""

    up: Running
    schema: OpenApiSchema
    seen: dict[str, set[str]] = field(default_factory=dict)

    async def ask(self, method: str, pattern: str, status: int, *names: str, **request: Any) -> None:
        path = re.sub(r"\{.*?\}", "{}", pattern).format(*names)
        if method != "GET" and "content" not in request:
            request.setdefault("json", {"agent_id": "maria"})
        async with self.up.client(headers=BEARER) as client:
            response = await client.request(method, path, **request)
        assert response.status_code == status, response.text
        self.schema[pattern][method].validate_response(response)
        self.seen.setdefault(f"{method} {pattern}", set()).add(str(status))

    async def act(self, verb: str, status: int, incident: str = I1, **request: Any) -> None:
        await self.ask("POST", f"/desk/incidents/{{incident_id}}/{verb}", status, incident, **request)

    def documented(self, operation: str) -> set[str]:
        method, _, path = operation.partition(" ")
        return set(self.schema[path][method].definition.raw["responses"])


async def test_every_answer_that_is_named_can_be_had_and_is_as_named(tmp_path: Path) -> None:
    log = PoolLog()
    up = running(tmp_path, log=log, result_s=0.2)
    log.gateway = up.gateway
    day = Day(up, schemathesis.openapi.from_asgi("/openapi.json", up.parts.app))
    presence, person = "/desk/agents/{agent_id}/presence", "/desk/people/{reference}"
    happened(up, came("c1", "ann"), came("c2", "ben"))
    await day.ask("POST", presence, 200, "maria", json=ABLE)
    await day.ask("POST", presence, 200, "noah", json=ABLE)
    await day.ask("POST", presence, 404, "maria", json={**ABLE, "pool": "none"})
    await day.act("claim", 200)
    await day.act("claim", 409, json={"agent_id": "noah"})
    await day.act("release", 403, json={"agent_id": "noah"})
    await day.act("resolve", 403, json={"agent_id": "noah"})
    for pattern, name in READS:
        await day.ask("GET", pattern, 200, name)
        await day.ask("GET", pattern, 401, name, headers={"Authorization": "Bearer other"})
    for pattern, _ in READS[1:]:
        await day.ask("GET", pattern, 404, "none")
    await day.ask("GET", "/desk/queues/{skill}", 422, "general", params={"limit": "-1"})
    up.positions.away = True
    for pattern, name in READS[2:]:
        await day.ask("GET", pattern, 503, name)
    await day.act("release", 200)
    await day.act("claim", 200)
    await day.act("resolve", 200)
    await day.act("release", 409)
    for verb in COMMANDS:
        await day.act(verb, 404, "i_petcare_none")
        await day.act(verb, 422, json={})
    await day.ask("POST", presence, 422, "maria", json={})
    await day.ask("PUT", person, 200, "crm-1", json={"addresses": ["+12065550142"]})
    await day.ask("PUT", person, 422, "crm-1", json={"addresses": ["nowhere"]})

    writing = [("POST", presence, "maria"), ("PUT", person, "crm-1")]
    writing += [("POST", f"/desk/incidents/{{incident_id}}/{verb}", I2) for verb in COMMANDS]
    bodies = {presence: ABLE, person: {"addresses": ["+12065550142"]}}
    for method, pattern, name in writing:
        await day.ask(method, pattern, 400, name, content=b"{", headers={"Content-Type": "application/json"})
        await day.ask(method, pattern, 413, name, content=b" " * (LARGEST_BODY + 1))
        await day.ask(method, pattern, 401, name, headers={"Authorization": "Bearer other"})
    log.away = True
    for method, pattern, name in writing:
        await day.ask(method, pattern, 503, name, json=bodies.get(pattern, {"agent_id": "maria"}))
    day.up = running(tmp_path, result_s=0.05)  # no pool at work
    for method, pattern, name in writing:
        if pattern != person:
            await day.ask(method, pattern, 504, name, json=bodies.get(pattern, {"agent_id": "maria"}))
    assert day.seen == {operation: day.documented(operation) for operation in day.seen}
