"""Phone numbers that no other test of a run has: on a broker that is shared, one number is one person."""

from __future__ import annotations

from itertools import count
from random import Random

FIRST, AFTER = 6_000_000, 10_000_000

_next = count(Random().randrange(FIRST, AFTER))


def phone() -> str:
    """E.164. Where a run begins is left to chance, since a broker may have seen other runs."""
    return f"+1206{FIRST + next(_next) % (AFTER - FIRST)}"
