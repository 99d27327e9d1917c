from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bench.latency.spread import Spread, percentile

TIMES = st.lists(st.floats(0, 1e6), min_size=1, max_size=200)


def test_ninety_nine_of_a_hundred_are_at_most_the_99th_percentile() -> None:
    found = Spread.of(range(100, 0, -1))
    assert (found.count, found.p50, found.p95, found.p99, found.worst) == (100, 50, 95, 99, 100)


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(Spread.of([]).p99)


@given(TIMES, st.floats(0.01, 1))
def test_a_percentile_is_a_time_that_was_measured_and_enough_are_no_longer(times: list[float], share: float) -> None:
    found = percentile(sorted(times), share)
    assert found in times
    assert sum(time <= found for time in times) >= share * len(times) - 1e-9
