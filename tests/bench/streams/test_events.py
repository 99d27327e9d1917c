from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.streams.events import Receipts, message
from scoring.model import Skill

TIMES = st.lists(st.integers(0, 10**18), max_size=5)


@given(TIMES, st.data())
def test_every_event_is_found_once_however_its_bytes_are_cut(times: list[int], data: st.DataObject) -> None:
    whole = b"".join(b"data: %b\n\n" % (message(1, 1, Skill.CLAIMS, sent).value or b"") for sent in times)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    receipts, found = Receipts(), list[int]()
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        found += receipts.take(whole[start:end])
    assert found == times


def test_an_event_is_of_the_size_that_it_has_in_practice() -> None:
    assert 2000 < len(message(1, 1, Skill.EMERGENCY_VET, 1).value or b"") < 3000
