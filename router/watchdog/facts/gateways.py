"""What a gateway says of itself on /metrics, as far as the watchdog cares, and how long it has said nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Figures:
    """spooled: contacts that wait for the broker on the gateway's disk; oldest_s: for how long the oldest has.

    held: contacts there that can't be told. broken: damaged spools. spool_works: False while its disk takes nothing.
    refusing: providers whose signatures fail.
    """

    spooled: int = 0
    refusing: tuple[str, ...] = ()
    oldest_s: float = 0.0
    held: int = 0
    broken: int = 0
    spool_works: bool = True


@dataclass(frozen=True)
class Gateway:
    """figures: of its last answer. Each time is since when it is so, None while it isn't."""

    figures: Figures = Figures()
    away_since: datetime | None = None
    spooling_since: datetime | None = None

    def answered(self, figures: Figures, now: datetime) -> Gateway:
        return Gateway(figures, None, (self.spooling_since or now) if figures.spooled else None)

    def away(self, now: datetime) -> Gateway:
        """It didn't answer; what it last said holds no longer."""
        return Gateway(Figures(), self.away_since or now, None)


def figures(samples: Mapping[tuple[str, str], float]) -> Figures:
    """samples: values by metric's name and the label that tells of which kind or provider it is."""
    refusing = tuple(sorted(of for (name, of), value in samples.items() if name == ALERT and value and of))
    of_spool = {name.removeprefix(SPOOL): value for (name, _), value in samples.items() if name.startswith(SPOOL)}
    return Figures(
        spooled=int(of_spool.get("depth", 0)),
        refusing=refusing,
        oldest_s=of_spool.get("oldest_seconds", 0.0),
        held=int(of_spool.get("held", 0)),
        broken=int(of_spool.get("broken", 0)),
        spool_works=bool(of_spool.get("works", 1)),
    )


ALERT = "router_alert"
SPOOL = "router_spool_"
