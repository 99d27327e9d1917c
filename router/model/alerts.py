"""What the watchdog says: an alert stands, or is over. Ids only: no text, number, address or name.

An alert's id is made of its kind and of what it is about, so that whoever watches, and however often it is started
again, speaks of the same alert. Each time that it is told its revision rises.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from enum import StrEnum

from pydantic import AwareDatetime

from channels.contact import Frozen
from scoring.model import Severity

EXAMPLES_AT_MOST = 20


class AlertKind(StrEnum):
    """What an alert may be about; in brackets its subject."""

    NOBODY_CAN_TAKE = "nobody-can-take"  # (a queue's topic)
    OWNER_ABSENT = "owner-absent"  # (an agent)
    TWO_QUEUES = "two-queues"  # (an incident)
    CONTACT_LOST = "contact-without-incident"  # (a pool)
    STAGE_BEHIND = "stage-behind"  # (a stage)
    CHANNEL_SILENT = "channel-silent"  # (an inbound topic)
    CLOCK_AHEAD = "clock-ahead"  # (who writes)
    CLOCK_BEHIND = "clock-behind"  # (who writes)
    DEAD_LETTERS = "dead-letters"  # (a dead-letter topic)
    SPOOLING = "spooling"  # (a gateway)
    SIGNATURES_FAILING = "signatures-failing"  # (a provider)
    GATEWAY_AWAY = "gateway-away"  # (a gateway)


class AlertRaised(Frozen):
    """`alert.raised`: it stands. Told again, under the next revision, where it has become more severe.

    kind: one of AlertKind, and what later versions add. since: when it began to be so. count: how many it is about.
    severity, incident_id: of the most severe and then oldest incident that it is about. examples: ids of some.
    says: it in a sentence. mend: what would end it.
    """

    alert_id: str
    kind: str
    subject: str
    revision: int
    since: AwareDatetime
    raised_at: AwareDatetime
    count: int = 1
    severity: Severity | None = None
    incident_id: str | None = None
    examples: tuple[str, ...] = ()
    says: str
    mend: str


class AlertCleared(Frozen):
    """`alert.cleared`: it is over."""

    alert_id: str
    kind: str
    subject: str
    revision: int
    since: AwareDatetime
    cleared_at: AwareDatetime


def alert_id(kind: str, subject: str) -> str:
    """`w_` and 26 characters of base32(SHA-256("alert", kind, subject))."""
    digest = hashlib.sha256(b"\0".join(part.encode() for part in ("alert", kind, subject))).digest()
    return "w_" + b32encode(digest[:20]).decode("ascii").lower()[:26]
