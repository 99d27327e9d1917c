from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from channels.mail.flowed import joined


def test_a_paragraph_is_one_line_again() -> None:
    assert joined("He ate a \nwhole bar.\n\nNow he \nshakes.\n") == "He ate a whole bar.\n\nNow he shakes.\n"


def test_quotations_are_joined_each_for_itself() -> None:
    assert joined("> How is \n> he?\n>> Well \nmine \n> theirs") == "> How is he?\n>> Well \nmine \n> theirs"


def test_a_signatures_delimiter_stands_alone() -> None:
    assert joined("Bye \n-- \nAnn") == "Bye \n-- \nAnn"


def test_a_space_that_only_marks_the_break_goes() -> None:
    assert joined("Donau \ndampf", delete_space=True) == "Donaudampf"


def test_a_stuffed_space_goes() -> None:
    assert joined(" From here\n > no quotation") == "From here\n> no quotation"


@given(st.text(st.sampled_from("a >-\n"), max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    assert "".join(joined(text).split()).replace(">", "") == "".join(text.split()).replace(">", "")
