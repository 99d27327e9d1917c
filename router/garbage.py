"""Python's collector of cycles, set for processes that hold a large state and answer at once.

By default each 700 objects more that stay are looked through, and everything that the process holds again and again:
at 200 contacts a second that was a fifth of the gateway's CPU, and pauses of up to half a second. Counting of
references frees nearly all here; what it can't (errors with their frames, tasks) dies young and is found by the small
passes. A pass over everything comes once in about 60 million objects, of the order of a million contacts.
"""

from __future__ import annotations

import gc

YOUNG = 10_000
MIDDLE = 5
ALL = 1_000


def seldom() -> None:
    """Passes over the young come seldom, over all hardly ever. For the start of a process."""
    gc.set_threshold(YOUNG, MIDDLE, ALL)


def stays() -> None:
    """What the process holds now, it holds for good: no pass looks through it any more."""
    gc.collect()
    gc.freeze()
