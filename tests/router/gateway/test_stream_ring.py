from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.gateway.stream_ring import Lost, Rings

A, B = "queue.claims", "queue.general"


def rings(*read: tuple[str, int, bytes | None], most_events: int = 100, most_bytes: int = 10_000) -> Rings:
    made = Rings([A, B], most_events, most_bytes)
    for topic, offset, body in read:
        made.passed(topic, offset, body)
    return made


def missed(of: Rings, **seen: int) -> list[tuple[str, int]] | Lost:
    found = of.missed({f"queue.{skill}": offset for skill, offset in seen.items()})
    return found if isinstance(found, Lost) else [(each.topic, each.offset) for each in found]


def test_what_came_after_is_told_in_the_order_of_reading_without_what_was_no_news() -> None:
    made = rings((A, 0, b"a"), (B, 0, b"b"), (A, 1, None), (B, 1, b"c"), (A, 2, b"d"))
    assert missed(made, claims=0, general=-1) == [(B, 0), (B, 1), (A, 2)]
    assert missed(made, claims=2, general=1) == []
    assert made.ends([A, B]) == {A: 2, B: 1}


def test_beyond_the_end_is_of_another_log() -> None:
    assert missed(rings((A, 0, b"a")), claims=1) is Lost.UNKNOWN
    assert missed(rings(), claims=-1) == []


def test_what_stood_before_a_hole_of_compaction_cannot_be_resumed_from() -> None:
    made = rings((A, 3, b"a"), (A, 4, b"b"), (A, 9, b"c"), (A, 10, b"d"))
    assert missed(made, claims=7) is Lost.TOO_OLD
    assert missed(made, claims=8) == [(A, 9), (A, 10)]
    assert missed(made, claims=-1) is Lost.TOO_OLD


def test_only_so_many_events_are_kept_of_a_queue_and_so_many_bytes_of_all() -> None:
    few = rings(*((A, offset, b"x") for offset in range(10)), most_events=3)
    assert missed(few, claims=5) is Lost.TOO_OLD
    assert missed(few, claims=6) == [(A, 7), (A, 8), (A, 9)]
    small = rings((B, 0, b"x" * 10), *((A, offset, b"x" * 10) for offset in range(10)), most_bytes=50)
    assert missed(small, claims=4) is Lost.TOO_OLD
    assert missed(small, claims=5, general=-1) == [(B, 0), (A, 6), (A, 7), (A, 8), (A, 9)]


def test_a_topic_made_anew_is_noticed_and_nothing_of_it_resumed_that_was_read_before() -> None:
    made = rings((A, 0, b"a"), (A, 1, b"b"), (A, 2, b"c"))
    assert not made.passed(A, 0, b"other")
    assert made.passed(A, 1, b"other")
    assert missed(made, claims=0) is Lost.TOO_OLD
    assert missed(made, claims=2) is Lost.UNKNOWN
    assert made.passed(A, 2, b"other")
    assert made.passed(A, 3, b"new")
    assert missed(made, claims=1) is Lost.TOO_OLD
    assert missed(made, claims=2) == [(A, 3)]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans())), st.integers(-1, 60), st.integers(1, 20))
def test_what_is_resumed_is_all_of_the_news_or_refused(
    steps: list[tuple[int, bool]], seen: int, most_events: int
) -> None:
    made, offset, news, holes = Rings([A], most_events, 10_000), -1, list[int](), list[int]()
    for hole, is_news in steps:
        offset += 1
        holes += range(offset, offset + hole)
        offset += hole
        made.passed(A, offset, b"x" if is_news else None)
        news += [offset] if is_news else []
    found = missed(made, claims=seen)
    if isinstance(found, Lost):
        wanted = [each for each in news if each > seen]
        assert seen > offset or len(wanted) > most_events or any(hole > seen for hole in holes)
    else:
        assert [at for _, at in found] == [each for each in news if each > seen]
        assert not any(hole > seen for hole in holes)
