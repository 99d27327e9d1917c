from __future__ import annotations

from random import Random

from bench.latency.people import NUMBERS, PLACES, person


def test_many_people_have_a_number_each() -> None:
    numbers = range(7, 7 + PLACES * NUMBERS, 29)
    assert len({person(number, Random(1)).phone for number in numbers}) == len(numbers)
