"""What is wrong, by what is known: one finding a queue, an agent, a stage, a channel, however many it is about.

Promise 4: at every moment an open incident has an owner with a live lease, a queue with someone who can take it, or an
escalation under way. There are no leases and no escalations yet: an owner who is available stands for a live lease, and
an available agent with skill, level, language and room for one more incident for someone who can take it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import nsmallest
from itertools import chain, islice

from router.model.alerts import EXAMPLES_AT_MOST, AlertKind, alert_id
from router.watchdog import words
from router.watchdog.facts.agents import has_room
from router.watchdog.facts.incidents import Group, Open
from router.watchdog.facts.known import Facts
from scoring.model import Severity

LOOKED_AT = 200
"""Of the most severe of a queue, to find the oldest: of more, those that were read first."""
PLACED_WITHIN = timedelta(seconds=5)
BEHIND = timedelta(seconds=10)
SPOOLING = timedelta(seconds=10)
AWAY = timedelta(seconds=5)
DEAD_LETTERS = 10
"""In DEAD_WITHIN: more than one provider's odd message explains."""
DEAD_WITHIN = timedelta(minutes=5)


class Standing(StrEnum):
    """Which of promise 4's states holds of an open incident."""

    OWNED = "owned"
    TAKEABLE = "takeable"
    OWNER_ABSENT = "owner-absent"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Finding:
    """As in AlertRaised."""

    kind: AlertKind
    subject: str
    since: datetime
    says: str
    mend: str
    count: int = 1
    severity: Severity | None = None
    incident_id: str | None = None
    examples: tuple[str, ...] = ()

    @property
    def alert_id(self) -> str:
        return alert_id(self.kind, self.subject)


def findings(facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """Everything that is wrong at `now`."""
    return (
        *_nobody_can_take(facts),
        *_owner_absent(facts, now),
        *_two_queues(facts),
        *_contact_lost(facts, now),
        *_stage_behind(facts, now),
        *_channel_silent(facts, now),
        *_clocks(facts, now),
        *_dead_letters(facts, now),
        *_gateways(facts, now),
    )


def standings(facts: Facts) -> dict[Standing, int]:
    """How many open incidents are in each state."""
    found = dict.fromkeys(Standing, 0)
    for owner, held in facts.incidents.owned.items():
        found[Standing.OWNED if facts.agents.present(owner) else Standing.OWNER_ABSENT] += len(held)
    for group, ids in facts.incidents.waiting.items():
        found[Standing.TAKEABLE if _takeable(facts, group) else Standing.NOBODY] += len(ids)
    return found


def _takeable(facts: Facts, group: Group) -> bool:
    return any(has_room(agent) for agent in facts.agents.who_could(group, facts.policy))


def _nobody_can_take(facts: Facts) -> Iterator[Finding]:
    stuck: dict[str, list[Group]] = {}
    for group in facts.incidents.waiting:
        if not _takeable(facts, group):
            stuck.setdefault(group.topic, []).append(group)
    for topic, groups in stuck.items():
        waiting = facts.incidents.waiting
        worst = min(group.severity for group in groups)
        ids = islice(chain.from_iterable(waiting[group] for group in groups if group.severity is worst), LOOKED_AT)
        yield _about(
            AlertKind.NOBODY_CAN_TAKE,
            topic,
            [(incident_id, facts.incidents.found(topic, incident_id)) for incident_id in ids],
            sum(len(waiting[group]) for group in groups),
            *words.nobody_can_take(topic, groups, _why_nobody(facts, groups)),
        )


def _why_nobody(facts: Facts, groups: list[Group]) -> str:
    if not any(True for _ in facts.agents.available()):
        return words.NOBODY_THERE
    if any(facts.agents.who_could(group, facts.policy) for group in groups):
        return words.ALL_FULL
    return words.NO_SKILL


def _owner_absent(facts: Facts, now: datetime) -> Iterator[Finding]:
    for owner in facts.incidents.owned:
        if facts.agents.present(owner):
            continue
        held = list(facts.incidents.held_by(owner))
        if held:
            left = facts.agents.left_at(owner)
            yield _about(
                AlertKind.OWNER_ABSENT, owner, held, len(held), *words.owner_absent(owner, left), since=left or now
            )


def _two_queues(facts: Facts) -> Iterator[Finding]:
    for incident_id, since in facts.incidents.double.items():
        places = facts.incidents.places(incident_id)
        worst = min(facts.incidents.found(place, incident_id).group.severity for place in places)
        says, mend = words.two_queues(places)
        yield Finding(AlertKind.TWO_QUEUES, incident_id, since, says, mend, severity=worst, incident_id=incident_id)


def _contact_lost(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Only of what the pool has passed: what it has yet to take is told as its being behind."""
    lost: dict[str, list[tuple[datetime, str]]] = {}
    for contact_id, awaited in facts.contacts.awaited():
        passed = awaited.offset < facts.progress.reached("pool", awaited.partition)
        if passed and now - awaited.read_at >= PLACED_WITHIN:
            lost.setdefault(awaited.pool, []).append((awaited.appended_at, contact_id))
    for pool, found in lost.items():
        examples = tuple(contact_id for _, contact_id in sorted(found)[:EXAMPLES_AT_MOST])
        says, mend = words.contact_lost(len(found))
        yield Finding(AlertKind.CONTACT_LOST, pool, min(found)[0], says, mend, len(found), examples=examples)


def _stage_behind(facts: Facts, now: datetime) -> Iterator[Finding]:
    for behind in facts.progress.behind():
        if now - behind.since >= BEHIND:
            yield Finding(
                AlertKind.STAGE_BEHIND, behind.stage, behind.since, *words.stage_behind(behind.stage, behind.records)
            )


def _channel_silent(facts: Facts, now: datetime) -> Iterator[Finding]:
    for topic, rhythm in facts.rhythms.items():
        since = rhythm.silent(now)
        if since is not None:
            yield Finding(AlertKind.CHANNEL_SILENT, topic, since, *words.channel_silent(topic))


def _clocks(facts: Facts, now: datetime) -> Iterator[Finding]:
    for writer, (since, skew) in facts.clocks.ahead(now).items():
        yield Finding(AlertKind.CLOCK_AHEAD, writer, since, *words.clock_ahead(writer, skew))
    for writer, (since, skew) in facts.clocks.behind(now).items():
        yield Finding(AlertKind.CLOCK_BEHIND, writer, since, *words.clock_behind(writer, skew))


def _dead_letters(facts: Facts, now: datetime) -> Iterator[Finding]:
    for topic, count in facts.dead.items():
        if count >= DEAD_LETTERS:
            says, mend = words.dead_letters(topic, count)
            yield Finding(AlertKind.DEAD_LETTERS, topic, now - DEAD_WITHIN, says, mend, count)


def _gateways(facts: Facts, now: datetime) -> Iterator[Finding]:
    refusing: dict[str, datetime] = {}
    for name, gateway in facts.gateways.items():
        if gateway.away_since is not None and now - gateway.away_since >= AWAY:
            yield Finding(AlertKind.GATEWAY_AWAY, name, gateway.away_since, *words.gateway_away(name))
        if gateway.spooling_since is not None and now - gateway.spooling_since >= SPOOLING:
            says, mend = words.spooling(gateway.figures.spooled)
            count = gateway.figures.spooled
            yield Finding(AlertKind.SPOOLING, name, gateway.spooling_since, says, mend, count)
        refusing |= dict.fromkeys(gateway.figures.refusing, now)
    for provider, since in refusing.items():
        yield Finding(AlertKind.SIGNATURES_FAILING, provider, since, *words.signatures_failing(provider))


def _about(
    kind: AlertKind,
    subject: str,
    incidents: list[tuple[str, Open]],
    count: int,
    says: str,
    mend: str,
    since: datetime | None = None,
) -> Finding:
    """A finding about incidents: the most severe, of these the oldest, comes first. since: else that one's."""
    ordered = nsmallest(EXAMPLES_AT_MOST, incidents, key=lambda each: (each[1].group.severity, each[1].since, each[0]))
    worst_id, worst = ordered[0]
    return Finding(
        kind,
        subject,
        since or worst.since,
        f"{words.incidents(count)} {says}",
        mend,
        count,
        worst.group.severity,
        worst_id,
        tuple(incident_id for incident_id, _ in ordered),
    )
