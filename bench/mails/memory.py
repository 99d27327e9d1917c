"""The most memory that a process and its children had at once, looked at many times a second."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bench.latency.usage import children, usage

EVERY_S = 0.02


@dataclass
class Peak:
    """In MB, resident. together: of the process and its children. own: of the process alone, by the kernel's mark."""

    before: float = 0.0
    together: float = 0.0
    own: float = 0.0


async def watch(pid: int, until: asyncio.Event) -> Peak:
    peak = Peak(before=usage(pid).rss_mb)
    while not until.is_set():
        total = usage(pid).rss_mb
        for child in children(pid):
            try:
                total += usage(child).rss_mb
            except (OSError, KeyError):  # it has just ended
                continue
        peak.together = max(peak.together, total)
        await asyncio.sleep(EVERY_S)
    peak.own = usage(pid).peak_mb
    return peak
