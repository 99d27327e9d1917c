"""From what is wrong now to what is said: an alert is raised once it has lasted, and cleared once it is over.

A fold: `judged(alerts, findings, now) -> (alerts, said)`. What was said comes back from the topic `alerts` by
`heard`, so that a watchdog that was started again, or a second one, says nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from router.model.alerts import AlertCleared, AlertKind, AlertRaised
from router.watchdog.findings import Finding

LASTS = timedelta(seconds=2)
SETTLES = timedelta(seconds=30)
"""Without what can only be found by watching for a while: else a new start would clear it, and raise it again."""
WATCHED_FOR = frozenset(
    {
        AlertKind.STAGE_BEHIND,
        AlertKind.CHANNEL_SILENT,
        AlertKind.SPOOLING,
        AlertKind.SIGNATURES_FAILING,
        AlertKind.GATEWAY_AWAY,
    }
)
FORGOTTEN = timedelta(days=7)

Said = AlertRaised | AlertCleared


@dataclass(frozen=True)
class Alerts:
    """By alert id. said: the last that stands on the topic. wrong, fine: since when it is so, while it isn't said."""

    said: Mapping[str, Said] = field(default_factory=dict)
    wrong: Mapping[str, datetime] = field(default_factory=dict)
    fine: Mapping[str, datetime] = field(default_factory=dict)

    def raised(self) -> tuple[AlertRaised, ...]:
        """The alerts that stand."""
        return tuple(each for each in self.said.values() if isinstance(each, AlertRaised))

    def heard(self, alert_id: str, said: Said | None) -> Alerts:
        """A record of the topic; None for a tombstone. Of a lower revision it is a late one, and dropped."""
        known = self.said.get(alert_id)
        if said is None:
            return replace(self, said={key: each for key, each in self.said.items() if key != alert_id})
        if known is not None and said.revision < known.revision:
            return self
        return replace(self, said={**self.said, alert_id: said})


def judged(alerts: Alerts, found: Iterable[Finding], now: datetime) -> tuple[Alerts, tuple[Said, ...]]:
    """What is to be said at `now`, with what holds once it is on the topic."""
    present = {each.alert_id: each for each in found}
    raised = {each.alert_id: each for each in alerts.raised()}
    # What stands and has become more severe is told at once; what is new has to last.
    wrong = {key: min(alerts.wrong.get(key, now), now) for key in present if key not in raised}
    fine = {key: min(alerts.fine.get(key, now), now) for key in raised if key not in present}
    said: list[Said] = []
    for key, finding in present.items():
        known = raised.get(key)
        if (known is None and now - wrong[key] >= LASTS) or (known is not None and _worse(finding, known)):
            said.append(_raised(finding, alerts.said.get(key), now))
    said += [_cleared(raised[key], now) for key, since in fine.items() if now - since >= _over(raised[key])]
    told = {each.alert_id: each for each in said}
    after = Alerts(
        said={**alerts.said, **told},
        wrong={key: since for key, since in wrong.items() if key not in told},
        fine={key: since for key, since in fine.items() if key not in told},
    )
    return after, tuple(said)


def forgotten(alerts: Alerts, now: datetime) -> tuple[AlertCleared, ...]:
    """Cleared alerts that are over for so long that their keys may go."""
    over = (each for each in alerts.said.values() if isinstance(each, AlertCleared))
    return tuple(each for each in over if now - each.cleared_at >= FORGOTTEN)


def _over(alert: AlertRaised) -> timedelta:
    """How long it has to be fine before that is said."""
    return SETTLES if alert.kind in WATCHED_FOR else LASTS


def _worse(finding: Finding, known: AlertRaised) -> bool:
    if finding.severity is None:
        return False
    return known.severity is None or finding.severity < known.severity


def _raised(finding: Finding, before: Said | None, now: datetime) -> AlertRaised:
    return AlertRaised(
        alert_id=finding.alert_id,
        kind=finding.kind,
        subject=finding.subject,
        revision=1 if before is None else before.revision + 1,
        since=finding.since,
        raised_at=now,
        count=finding.count,
        severity=finding.severity,
        incident_id=finding.incident_id,
        examples=finding.examples,
        says=finding.says,
        mend=finding.mend,
    )


def _cleared(alert: AlertRaised, now: datetime) -> AlertCleared:
    return AlertCleared(
        alert_id=alert.alert_id,
        kind=alert.kind,
        subject=alert.subject,
        revision=alert.revision + 1,
        since=alert.since,
        cleared_at=now,
    )
