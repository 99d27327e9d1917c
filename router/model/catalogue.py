"""Every event type and the model of its value, by the kind of topic that it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from channels.contact import Frozen
from router.model.alerts import AlertCleared, AlertRaised
from router.model.commands import Claim, Release, Resolve, SetPresence
from router.model.events import (
    AgentView,
    CommandResult,
    ContactReceived,
    ContactScored,
    LetterSettled,
    PeopleChanged,
    PolicyApplied,
    QueueEvent,
    StageResumed,
)
from router.model.incident import IncidentType

Types = Mapping[str, type[Frozen]]

INBOUND: Types = MappingProxyType({"contact.received": ContactReceived, "contact.updated": ContactReceived})

POOL: Types = MappingProxyType(
    {
        "contact.scored": ContactScored,
        "command.presence": SetPresence,
        "command.claim": Claim,
        "command.release": Release,
        "command.resolve": Resolve,
        "people.changed": PeopleChanged,
        "policy.applied": PolicyApplied,
    }
)

QUEUES: Types = MappingProxyType({kind.value: QueueEvent for kind in IncidentType})

DESK: Types = MappingProxyType({"command.result": CommandResult, "agent.changed": AgentView})

ALERTS: Types = MappingProxyType({"alert.raised": AlertRaised, "alert.cleared": AlertCleared})

SETTLED: Types = MappingProxyType(
    {"letter.resubmitted": LetterSettled, "letter.dropped": LetterSettled, "stage.resumed": StageResumed}
)

ALL: Types = MappingProxyType({**INBOUND, **POOL, **QUEUES, **DESK, **ALERTS, **SETTLED})
