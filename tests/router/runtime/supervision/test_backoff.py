from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from router.runtime.supervision.backoff import FIRST_S, MOST_S, STEADY_S, Backoff


def waits(lives: list[float]) -> list[float]:
    backoff, found = Backoff(), []
    for ran in lives:
        wait, backoff = backoff.after(ran)
        found.append(wait)
    return found


def test_it_doubles_from_a_fifth_of_a_second_to_five() -> None:
    assert waits([0.0] * 7) == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_minute_of_running_begins_it_anew() -> None:
    assert waits([0.0, 0.0, STEADY_S, 0.0]) == [0.2, 0.4, 0.2, 0.4]


@given(st.lists(st.floats(0, 300)))
def test_it_never_waits_less_than_the_first_or_more_than_the_most(lives: list[float]) -> None:
    found = waits(lives)
    assert all(FIRST_S <= wait <= MOST_S for wait in found)
    assert all(later >= sooner or later == FIRST_S for sooner, later in pairwise(found))
