"""When each contact is due. Open loop: the schedule doesn't wait for answers, and times count from it.

So a system that stalls is charged with everybody who would have come meanwhile.
"""

from __future__ import annotations


def due(rate: float, seconds: float) -> tuple[float, ...]:
    """Seconds after the start, evenly spaced; `rate` contacts a second for `seconds`."""
    return tuple(number / rate for number in range(round(rate * seconds)))
