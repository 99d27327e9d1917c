from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.stages.contract import Entry
from router.stages.shelf import LATELY, Shelf, dumped


class Note(Entry):
    text: str


NOTES = st.lists(st.tuples(st.integers(0, 30).map("note/{}".format), st.text(max_size=300)), max_size=60)


def kept(notes: list[tuple[str, str]]) -> Shelf:
    shelf = Shelf()
    for key, text in notes:
        shelf.put(key, Note(text=text), dumped(Note(text=text)))
    return shelf


@given(NOTES, st.sets(st.integers(0, 30).map("note/{}".format)))
def test_what_was_put_is_there_until_it_is_dropped(notes: list[tuple[str, str]], gone: set[str]) -> None:
    shelf = kept(notes)
    for key in gone:
        shelf.drop(key)
    expected = {key: Note(text=text) for key, text in notes if key not in gone}
    assert {key: shelf.get(key) for key in shelf} == expected
    assert len(shelf) == len(expected)
    assert shelf.get("note/31") is None


def test_of_many_alike_those_long_untouched_are_still_the_same() -> None:
    notes = [
        (f"note/{number}", f"the walk of the {number}th took an hour, as it does " * 5) for number in range(LATELY * 3)
    ]
    shelf = kept(notes)
    assert [shelf.get(key) for key, _ in notes] == [Note(text=text) for _, text in notes]
