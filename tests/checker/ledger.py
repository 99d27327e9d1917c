"""What a load driver keeps, outside the system: every request that it sent, and the answer that it got."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sent:
    """One delivery of a contact. acknowledged: 2xx, or 250 of SMTP. began, ended: by any one clock; None: not known."""

    provider: str
    provider_id: str
    delivery: str
    acknowledged: bool
    began: float | None = None
    ended: float | None = None


@dataclass(frozen=True)
class Asked:
    """One command of a desktop. status: the answer; None where there was none in time (504, a broken connection)."""

    command_id: str
    agent_id: str
    status: int | None
    incident_id: str | None = None


@dataclass
class Ledger:
    sent: list[Sent] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
