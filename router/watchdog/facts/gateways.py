"""What a gateway says of itself on /metrics, as far as the watchdog cares, and how long it has said nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Figures:
    """spooled: contacts that wait for the broker on the gateway's disk. refusing: providers whose signatures fail."""

    spooled: int = 0
    refusing: tuple[str, ...] = ()


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
    """samples: values by metric's name and the label that tells of which kind or provider it is.

    Of the spool that is `router_spool_contacts`, or whatever the gateway counts in a metric of its spool's depth.
    """
    spooled = max((value for (name, _), value in samples.items() if name in SPOOL_DEPTHS), default=0.0)
    refusing = tuple(sorted(of for (name, of), value in samples.items() if name == ALERT and value and of))
    return Figures(int(spooled), refusing)


ALERT = "router_alert"
SPOOL_DEPTHS = ("router_spool_contacts", "router_spool_records", "router_spool_depth")
