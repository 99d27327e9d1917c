"""The desk API: what desktops see and do. Reads come from the queue view; commands go to the pool's log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from router.gateway.commands import Caller, Commands, NoResult, UnknownPool, fingerprint
from router.gateway.desk_bodies import (
    AgentBody,
    AgentId,
    ContactView,
    IncidentView,
    PersonBody,
    PersonView,
    PresenceBody,
    Queue,
    QueueDepth,
    Queues,
    contact_view,
    incident_view,
)
from router.gateway.desk_guard import bearer
from router.gateway.metrics import Metrics
from router.gateway.openapi import errors
from router.gateway.people import People
from router.gateway.positions import Positions
from router.gateway.problems import ErrorBody, answer, refusal
from router.gateway.queues import QueueView
from router.gateway.trace import traceparent
from router.model import ids
from router.model.commands import Claim, Command, Release, Resolve, SetPresence
from router.model.events import AgentView, CommandResult, QueueEvent
from router.model.incident import ContactRef, IncidentState
from scoring.model import Severity, Skill

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]
LONGEST_ID = 200
ON_INCIDENT = {"claim": Claim, "release": Release, "resolve": Resolve}


TOKEN = errors(_401="No token, or an unknown one")
ALWAYS = {**TOKEN, **errors(_503="The log is away")}
BODY = errors(_400="The body is no JSON", _413="The body is larger than 256 KB")
COMMAND = {
    **ALWAYS,
    **BODY,
    **errors(
        _404="Unknown",
        _422="A field isn't what it should be, or the Idempotency-Key was used with another body",
        _504="No result within 2 s; the same Idempotency-Key may be tried again",
    ),
}

REFUSED = {
    "claim": errors(_409="It can't be done now: the reason, and the owner where there is one"),
    "release": errors(_403="Somebody else has it, or nobody", _409="It is resolved"),
    "resolve": errors(_403="Somebody else has it, or nobody"),
}


@dataclass(frozen=True)
class Desk:
    """What the endpoints work with."""

    view: QueueView
    positions: Positions
    commands: Commands
    people: People
    metrics: Metrics

    async def run(self, name: str, command: Command, caller: Caller, pool: str | None) -> Response:
        response = await self._answered(name, command, caller, pool)
        self.metrics.commands.labels(name, str(response.status_code)).inc()
        return response

    async def _answered(self, name: str, command: Command, caller: Caller, pool: str | None) -> Response:
        try:
            result = await self.commands.run(name, command, caller, pool)
        except UnknownPool:
            return refusal(404, "unknown", expected="an incident's id or a pool's name of this deployment")
        except NoResult:
            return refusal(504, "no-result", headers={"Retry-After": "1"})
        if result.status != 200:
            return _refused(result)
        now = result.agent if result.incident is None else result.incident
        return Response("null") if now is None else _json(now)

    async def contact(self, incident: QueueEvent, ref: ContactRef) -> ContactView:
        scored = await self.positions.contact(ref.partition, ref.offset)
        parts = {part.name: await self.positions.contact(part.partition, part.offset) for part in ref.parts}
        return contact_view(incident, ref, scored, parts)

    def depth(self, skill: Skill) -> tuple[QueueDepth, list[QueueEvent]]:
        incidents = self.view.queue(skill)
        waiting = [one for one in incidents if one.state is IncidentState.WAITING]
        figures = QueueDepth(
            skill=skill,
            waiting=len(waiting),
            owned=len(incidents) - len(waiting),
            oldest_waiting=min((one.waiting_since for one in waiting), default=None),
            waiting_by_severity={level: sum(one.severity is level for one in waiting) for level in Severity},
        )
        return figures, incidents


def _json(value: BaseModel) -> Response:
    return Response(value.model_dump_json(), media_type="application/json")


def _refused(result: CommandResult) -> JSONResponse:
    since = None if result.incident is None else result.incident.owned_since
    owner = result.owner
    body = ErrorBody(reason=result.reason or "refused", owner=owner, since=since if owner else None)
    return answer(result.status, body)


def _caller(request: Request, idempotency_key: str | None) -> Caller:
    return Caller(
        token=bearer(request.headers.get("authorization")) or "",
        path=request.scope["path"],
        idempotency_key=idempotency_key,
        traceparent=traceparent(request.headers.get("traceparent")),
    )


def _facts(caller: Caller, body: Mapping[str, Any]) -> dict[str, str]:
    return {"command_id": caller.command_id(), "fingerprint": fingerprint(body)}


def router(desk: Desk) -> APIRouter:
    # The guard has asked for the token already; this says so in the API's description.
    routes = APIRouter(prefix="/desk", tags=["desk"], dependencies=[Depends(HTTPBearer(auto_error=False))])

    @routes.post("/agents/{agent_id}/presence", responses={200: {"model": AgentView}, **COMMAND})
    async def presence(
        agent_id: AgentId, body: PresenceBody, request: Request, idempotency_key: Key = None
    ) -> Response:
        """Says whether an agent is there, what they can do, and how much at once."""
        caller = _caller(request, idempotency_key)
        facts = _facts(caller, body.model_dump(mode="json"))
        told = body.model_dump(exclude={"pool"})
        pool = body.pool or desk.commands.deployment.default_pool
        return await desk.run("presence", SetPresence(agent_id=agent_id, **told, **facts), caller, pool)

    @routes.get("/queues", responses=TOKEN)
    async def queues() -> Queues:
        """Every queue in figures."""
        return Queues(queues=[desk.depth(skill)[0] for skill in Skill])

    @routes.get(
        "/queues/{skill}",
        responses={200: {"model": Queue}, **TOKEN, **errors(_404="No such skill", _422="A limit that isn't one")},
    )
    async def queue(skill: str, limit: Annotated[int, Query(ge=0, le=10_000)] = 1000) -> Response:
        """One queue's open incidents, the most severe first, then who has waited longest; `limit` of them."""
        if skill not in set(Skill):
            return refusal(404, "unknown", field="skill", expected=", ".join(Skill))
        figures, incidents = desk.depth(Skill(skill))
        found = Queue.model_construct(**dict(figures), incidents=incidents[:limit])
        return _json(found)

    @routes.get(
        "/incidents/{incident_id}",
        responses={200: {"model": IncidentView}, **ALWAYS, **errors(_404="No such incident")},
    )
    async def incident(incident_id: str) -> Response:
        """An incident as it is now, with the words of its contacts."""
        found = desk.view.incident(incident_id)
        if found is None:
            return refusal(404, "unknown", field="incident_id")
        contacts = [await desk.contact(found, ref) for ref in found.contacts]
        return _json(incident_view(found, tuple(contacts)))

    @routes.get(
        "/contacts/{contact_id}",
        responses={200: {"model": ContactView}, **ALWAYS, **errors(_404="No such contact in any incident")},
    )
    async def contact(contact_id: str) -> Response:
        """A contact with everything known of it."""
        found = desk.view.contact(contact_id)
        if found is None:
            return refusal(404, "unknown", field="contact_id")
        return _json(await desk.contact(*found))

    @routes.put("/people/{reference}", responses={**ALWAYS, **BODY, **errors(_422="An address that isn't one")})
    async def person(
        reference: Annotated[str, Path(min_length=1, max_length=200)], body: PersonBody, request: Request
    ) -> PersonView:
        """Says that one person is behind all of these addresses. reference: the person's id in your records."""
        trace = traceparent(request.headers.get("traceparent"))
        return PersonView(person_id=await desk.people.link(reference, body.addresses, trace))

    for name in ON_INCIDENT:
        _add_incident_command(routes, desk, name)
    return routes


def _add_incident_command(routes: APIRouter, desk: Desk, name: str) -> None:
    async def command(incident_id: str, body: AgentBody, request: Request, idempotency_key: Key = None) -> Response:
        caller = _caller(request, idempotency_key)
        facts = _facts(caller, body.model_dump(mode="json"))
        asked = ON_INCIDENT[name](agent_id=body.agent_id, incident_id=incident_id, **facts)
        pool = ids.pool_of(incident_id) if len(incident_id) <= LONGEST_ID else None
        return await desk.run(name, asked, caller, pool)

    routes.add_api_route(
        f"/incidents/{{incident_id}}/{name}",
        command,
        methods=["POST"],
        name=name,
        summary=f"{name.capitalize()} an incident",
        responses={200: {"model": QueueEvent}, **COMMAND, **REFUSED[name]},
    )
