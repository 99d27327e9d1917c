from __future__ import annotations

from bench.streams.measuring import SKILLS, Watching


def test_each_watches_one_queue_and_all_queues_are_watched_or_each_watches_all() -> None:
    paths = {Watching.SPREAD.path(number) for number in range(100)}
    assert len(paths) == len(SKILLS)
    assert {Watching.ALL.path(number) for number in range(100)} == {"/desk/events"}


def test_an_event_is_expected_by_those_who_watch_its_queue() -> None:
    assert Watching.ALL.readers(100, 3) == 100
    assert sum(Watching.SPREAD.readers(100, event) for event in range(len(SKILLS))) == 100
