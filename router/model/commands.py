"""What a desktop may ask for: the value of each `command.*` event in the pool's log.

fingerprint: SHA-256 of the body, so that the same Idempotency-Key with another body is told apart (422).
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from channels.contact import Frozen


class Presence(StrEnum):
    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class Command(Frozen):
    command_id: str
    agent_id: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")
    fingerprint: str = ""


class SetPresence(Command):
    """`command.presence`. skills: name to level 1..5; capacity: incidents held at most."""

    presence: Presence
    skills: dict[str, int] = Field(default_factory=dict)
    capacity: int = Field(default=1, ge=0, le=100)


class OnIncident(Command):
    incident_id: str


class Claim(OnIncident):
    """`command.claim`"""


class Release(OnIncident):
    """`command.release`"""


class Resolve(OnIncident):
    """`command.resolve`"""
