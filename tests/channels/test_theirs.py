"""A provider's id of a message."""

from __future__ import annotations

import pytest

from channels.errors import Malformed
from channels.theirs import LONGEST, theirs


def test_blanks_around_an_id_are_no_part_of_it() -> None:
    assert theirs(" abc-1 ", "id") == "abc-1"


@pytest.mark.parametrize(("given", "got"), [(None, "nothing"), ("  ", "nothing"), ("x" * (LONGEST + 1), "other text")])
def test_what_is_no_id_is_refused_by_its_field(given: str | None, got: str) -> None:
    with pytest.raises(Malformed) as refused:
        theirs(given, "data.id")
    assert (refused.value.field, refused.value.got) == ("data.id", got)
