"""The desk's live streams: what is open on some queues, and then whatever happens on them, as server-sent events.

docs/event-streams.md tells how a client uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from router.gateway.openapi import errors
from router.gateway.problems import refusal, try_again
from router.gateway.stream_hub import Closing, Full, Hub
from router.gateway.stream_response import MEDIA_TYPE, EventStream
from router.model.incident import IncidentType
from router.settings import split
from scoring.model import Skill

# Where the server puts, in the request's state, what closes its connection at once.
ABORT = "abort"
# Ids of all queues are a few hundred characters; what isn't one only leads to a reset.
LastId = Annotated[str | None, Header(alias="Last-Event-ID", description="The last `id` that was seen")]
LastIdToo = Annotated[
    str | None, Query(alias="last_event_id", description="The same, for clients that can't set a header")
]

EXAMPLE = 'id: 0-17\nevent: incident.opened\ndata: {"incident_id": "i_petcare_…", "severity": "S1"}\n\n'
EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["reset", "snapshot", "live", *IncidentType, "removed"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer", "minimum": 0},
    },
    "required": ["event", "data"],
}
# `itemSchema` is OpenAPI 3.2's, for each event of a stream; who knows only 3.1 passes over it.
EVENTS: dict[str, Any] = {
    "description": "Server-sent events; `data` is JSON: the incident, or what docs/event-streams.md says",
    "content": {MEDIA_TYPE: {"itemSchema": EVENT, "example": EXAMPLE}},
}


ALWAYS = {
    200: EVENTS,
    **errors(_401="No token, or an unknown one", _503="Not ready yet, stopping, or as many streams are open as may be"),
}


def router(hub: Hub, ready: Callable[[], bool]) -> APIRouter:
    """ready: the queues have been read to their ends."""
    # The guard has asked for the token already; this says so in the API's description.
    routes = APIRouter(prefix="/desk", tags=["desk"], dependencies=[Depends(HTTPBearer(auto_error=False))])

    def opened(request: Request, skills: Sequence[Skill], last_id: str | None) -> Response:
        if not ready():
            return try_again("starting", 1)
        abort: Callable[[], None] = getattr(request.state, ABORT, _nothing)
        try:
            stream = hub.open(skills, last_id, abort)
        except Full:
            return try_again("too-many-streams")
        except Closing:
            return try_again("stopping", 1)
        return EventStream(stream, hub.left)

    @routes.get("/queues/{skill}/events", response_class=Response, responses={**ALWAYS, **errors(_404="No such skill")})
    async def of_queue(skill: str, request: Request, header: LastId = None, query: LastIdToo = None) -> Response:
        """One queue's incidents, then its events as they happen. `id` is `<partition>-<offset>`."""
        if skill not in set(Skill):
            return refusal(404, "unknown", field="skill", expected=", ".join(Skill))
        return opened(request, [Skill(skill)], header or query)

    @routes.get("/events", response_class=Response, responses={**ALWAYS, **errors(_422="A skill that there isn't")})
    async def of_several(
        request: Request,
        skills: Annotated[str, Query(description="Comma-separated; all where there are none")] = "",
        header: LastId = None,
        query: LastIdToo = None,
    ) -> Response:
        """The same of several queues. `id` is `<skill>:<partition>-<offset>` of each, comma-separated."""
        wanted = split(skills)
        if not set(wanted) <= set(Skill):
            return refusal(422, "malformed", field="skills", expected=", ".join(Skill))
        return opened(request, [Skill(skill) for skill in wanted] or list(Skill), header or query)

    return routes


def _nothing() -> None:
    """Another server than ours: a connection ends when its client does."""
