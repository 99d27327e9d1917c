from __future__ import annotations

import pytest

from router.runtime.cap import Cap, TooManyDeadLetters


def test_bad_input_now_and_then_never_stops_a_stage() -> None:
    cap = Cap("intake", most=10, window=100)
    for _ in range(1000):
        cap.count(20, 1)


def test_more_than_the_cap_within_the_window_stops_it_and_says_where_to_look() -> None:
    cap = Cap("intake", most=10, window=100)
    cap.count(50, 10)
    with pytest.raises(TooManyDeadLetters, match=r"intake refused 11 of its last 60 records.*intake\.dlq"):
        cap.count(10, 1)


def test_what_was_refused_long_ago_is_forgotten() -> None:
    cap = Cap("intake", most=10, window=100)
    cap.count(10, 10)
    cap.count(100, 0)
    cap.count(10, 10)
