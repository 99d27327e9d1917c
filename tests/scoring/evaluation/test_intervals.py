"""Intervals are of the seed alone, hold the figure, and narrow with more rows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.evaluation.figures import figures
from scoring.evaluation.intervals import FEWEST_ROUNDS, ROUNDS, draws, intervals, rounds_for
from tests.scoring.evaluation.judged_rows import many

ROWS = many(*["S1S1"] * 17, *["S1S2"] * 3, *["S4S4"] * 20)


def test_the_same_seed_gives_the_same_intervals_and_another_others() -> None:
    first = intervals(ROWS, figures, seed=1, rounds=200)
    assert first == intervals(ROWS, figures, seed=1, rounds=200)
    assert first != intervals(ROWS, figures, seed=2, rounds=200)


def test_an_interval_is_about_as_wide_as_chance_makes_it() -> None:
    low, high = intervals(ROWS, figures, seed=1, rounds=1000)["s1-recall"]
    assert 0.6 < low < 0.75  # 17 of 20: 0.85 with a standard error of 0.08
    assert 0.95 < high <= 1


def test_more_rows_narrow_it() -> None:
    few, lots = (intervals(rows, figures, seed=1, rounds=200)["accuracy"] for rows in (ROWS, ROWS * 10))
    assert lots[1] - lots[0] < few[1] - few[0]


def test_figures_that_the_rows_say_nothing_about_have_none() -> None:
    found = intervals(ROWS, figures, seed=1, rounds=10)
    assert "skill" not in found
    assert "s2-recall" not in found
    assert intervals((), figures, seed=1, rounds=10) == {}


def test_many_rows_are_drawn_fewer_times() -> None:
    assert rounds_for(200) == ROUNDS
    assert rounds_for(1_000_000) == FEWEST_ROUNDS


@settings(max_examples=30)
@given(st.lists(st.integers(), min_size=1, max_size=30), st.integers())
def test_a_draw_is_as_long_as_the_rows_and_of_them(rows: list[int], seed: int) -> None:
    for again in draws(rows, seed, 3):
        assert len(again) == len(rows)
        assert set(again) <= set(rows)
