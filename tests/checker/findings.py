"""What the checker finds. None at all is what the promises say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    LOST = "lost"
    """acknowledged, and no incident has it"""
    DOUBLED = "doubled"
    """one provider's id in two contacts, one contact in two incidents, one incident on two queues"""
    TWO_OWNERS = "two owners"
    """at one revision of an incident; or two answers to one command"""
    OVER_CAPACITY = "over capacity"
    WENT_BACK = "went back"
    """a revision, an epoch or a place, for a reader that drops what is lower"""
    OUT_OF_ORDER = "out of order"
    """what one person sent"""
    STUCK = "stuck"
    """open, with neither an owner nor a place in a queue"""
    UNTOLD = "untold"
    """the pool's log says so, and no topic ever did"""
    UNTRUE = "untrue"
    """what a reader knows in the end isn't what the pool's log says"""


@dataclass(frozen=True)
class Finding:
    """ids: contacts, incidents, agents, commands; positions: "topic/partition@offset"."""

    kind: Kind
    says: str
    ids: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" at {', '.join(self.positions)}" if self.positions else ""
        return f"{self.kind}: {self.says}: {', '.join(self.ids)}{where}"
