"""As many senders as it takes: numbers of the exchange 555, which nobody has; and nothing leaves the machine."""

from __future__ import annotations

from random import Random

from router.play import people
from router.play.people import Person

PLACES = 58
NUMBERS = 10_000
TOWNS = people.some(PLACES, 0, Random(0))
"""Somebody in each place."""


def person(number: int, rng: Random) -> Person:
    """The same number has the same phone; 580,000 in a row have one each."""
    town = TOWNS[number % PLACES]
    phone = f"{town.phone[:5]}555{number // PLACES % NUMBERS:04}"
    return Person(town.name, phone, f"{number}.{rng.getrandbits(16):x}@example.com", town.place)
