from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bench.latency.schedule import due


@given(st.floats(1, 2000), st.floats(1, 10))
def test_contacts_are_due_evenly_and_as_many_as_the_rate_says(rate: float, seconds: float) -> None:
    times = due(rate, seconds)
    assert len(times) == round(rate * seconds)
    assert times[0] == 0
    assert all(abs(later - earlier - 1 / rate) < 1e-6 for earlier, later in pairwise(times))
