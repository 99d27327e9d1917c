"""What each alert says, and what would mend it. Ids and names of our own only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from router.watchdog.facts.incidents import PREFIX, Group

Said = tuple[str, str]
"""What is so, and what would mend it."""

NOBODY_THERE = "no agent is available"
ALL_FULL = "everybody who could holds as many incidents as they may"
NO_SKILL = "no available agent has the skill at its level and one of the languages"


def incidents(count: int) -> str:
    return "1 incident" if count == 1 else f"{count} incidents"


def nobody_can_take(topic: str, groups: Iterable[Group], why: str) -> Said:
    """To be read behind "3 incidents"."""
    spoken = sorted({each for group in groups for each in group.languages})
    tongues = f" and speaks {' or '.join(spoken)}" if spoken else ""
    skill = topic.removeprefix(PREFIX)
    mend = f"An agent who has {skill}{tongues} has to become available, or to get room for one more."
    return f"waiting on {topic}, and nobody can take any of it: {why}.", mend


def owner_absent(owner: str, left: datetime | None) -> Said:
    """To be read behind "3 incidents"."""
    gone = "of whom nothing was heard for a day" if left is None else "who isn't available"
    return f"held by {owner}, {gone}.", f"{owner} has to come back, or to release what they hold."


def two_queues(topics: Iterable[str]) -> Said:
    return (
        f"The incident is open on {' and '.join(sorted(topics))} at once.",
        "A move wasn't finished: look whether a worker runs; it writes what is missing when it takes over.",
    )


def contact_lost(count: int) -> Said:
    contacts = "1 contact stands" if count == 1 else f"{count} contacts stand"
    return (
        f"{contacts} in the pool's log, the pool has passed it, and no incident holds it.",
        "`router explain CONTACT` shows what is known of it; answer it by hand, and report it: nothing should be lost.",
    )


def stage_behind(stage: str, records: int) -> Said:
    return (
        f"{stage} has {records} records before it, and one of them waits for more than 10 s.",
        "Look whether a worker runs and what it logs; more workers help intake, a pool has one at a time.",
    )


def channel_silent(topic: str) -> Said:
    return (
        f"Nothing comes on {topic}, where something always came at this time.",
        "Look at the provider's own status page and its log of webhooks, and send one with `router send`.",
    )


def clock_ahead(writer: str, skew: timedelta) -> Said:
    return (
        f"The clock of the {writer} is {skew.total_seconds():.0f} s ahead of the broker's.",
        "Set the clocks of both machines by the same source (chronyc tracking, timedatectl).",
    )


def clock_behind(writer: str, skew: timedelta) -> Said:
    return (
        f"The {writer} wrote a time {skew.total_seconds() / 3600:.0f} h before the broker's; waiting counts from the "
        "append instead.",
        "Set the clocks of both machines by the same source (chronyc tracking, timedatectl).",
    )


def dead_letters(topic: str, count: int) -> Said:
    return (
        f"{count} dead letters came on {topic} within five minutes.",
        f"`router tail {topic} --from-start --until-end --json` says why. A bad deploy is rolled back first.",
    )


def spooling(count: int) -> Said:
    return (
        f"{count} contacts wait on the gateway's disk for the broker.",
        "Bring the broker back; the gateway then sends them by itself. Its disk must stay.",
    )


def signatures_failing(provider: str) -> Said:
    return (
        f"Signatures of {provider} fail.",
        "The secret was most likely rotated there, or ROUTER_PUBLIC_URL isn't what the provider calls.",
    )


def gateway_away(gateway: str) -> Said:
    return (
        f"The gateway at {gateway} doesn't answer.",
        "Look whether it runs and what it logs; providers come again, but not for ever.",
    )
