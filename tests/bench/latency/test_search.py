from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.latency.search import MOST, NEAR, Search


@given(st.floats(20, 20_000))
def test_the_highest_rate_is_found_within_a_tenth_or_the_tries_run_out(limit: float) -> None:
    search, tries = Search(500), 0
    while rate := search.next():
        tries += 1
        search.tell(rate, carried=rate <= limit)
    assert tries <= MOST
    assert (search.carried or 0) <= limit
    assert (search.failed or limit + 1) > limit
    if tries < MOST:
        assert search.carried is not None
        assert search.failed is not None
        assert search.failed <= search.carried * NEAR
