"""With this folder on its PYTHONPATH a process's clock is stepped by a signal: SIGUSR1 an hour ahead, SIGUSR2 back.

The wall clock only, as when somebody sets a machine's time: what measures durations goes on.
"""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from types import FrameType

from time_machine import travel

STEPS = {signal.SIGUSR1: timedelta(hours=1), signal.SIGUSR2: timedelta(hours=-1)}


class Clock:
    """ahead: of the true time."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._travel: travel | None = None

    def step(self, number: int, _frame: FrameType | None) -> None:
        self.ahead += STEPS[signal.Signals(number)]
        if self._travel is not None:
            self._travel.stop()
        self._travel = travel(datetime.now(UTC) + self.ahead, tick=True)
        self._travel.start()


_clock = Clock()
for each in STEPS:
    signal.signal(each, _clock.step)
