from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from pydantic import TypeAdapter

from channels.contract import Request
from channels.errors import Malformed
from channels.mail.parts import LONGEST_TEXT
from channels.mail.posted import Posted, attachment
from channels.multipart import URLENCODED, Part
from tests.channels.requests import AT, PUBLIC

NAMES = TypeAdapter(dict[str, str])


def posted(fields: list[tuple[str, str | bytes]]) -> Posted:
    return Posted.of(Request("POST", PUBLIC, (("Content-Type", URLENCODED),), urlencode(fields).encode(), AT))


def test_of_fields_with_one_name_the_first_counts_and_a_missing_one_is_empty() -> None:
    form = posted([("a", "1"), ("a", "2")])
    assert (form.text("a"), form.text("b"), bytes(form.content("b"))) == ("1", "", b"")
    assert ("a" in form, "b" in form) == (True, False)


def test_a_field_is_read_in_its_own_charset_and_so_far_as_text_goes() -> None:
    form = posted([("a", "é".encode("cp850")), ("b", b"x" * (LONGEST_TEXT + 1))])
    assert form.text("a", "cp850") == "é"
    assert len(form.text("b")) == LONGEST_TEXT
    assert (form.longer("a"), form.longer("a", "b")) == (False, True)


@pytest.mark.parametrize("told", ["", "[]", '{"a": 1}', "{", '{"a": "\\ud800"}'])
def test_json_of_another_shape_is_as_if_it_were_missing(told: str) -> None:
    assert posted([("a", told)]).json("a", NAMES, {"b": "c"}) == {"b": "c"}


def test_files_are_found_by_their_names_in_order() -> None:
    form = posted([("f2", "2"), ("f", "0"), ("f1", "1")])
    assert [part.name for part in form.files(re.compile(r"f\d"))] == ["f2", "f1"]


def test_what_is_no_form_is_malformed_since_its_sender_is_known() -> None:
    with pytest.raises(Malformed) as caught:
        Posted.of(Request("POST", PUBLIC, (("Content-Type", "text/html"),), b"<p>", AT))
    assert (caught.value.field, caught.value.got) == ("body", "text/html")


def test_a_file_has_the_name_and_type_that_are_told_or_its_own_made_harmless() -> None:
    part = Part("f1", memoryview(b"x"), filename="../a.txt", media_type="text/plain; charset=utf-8")
    own = attachment(1, part)
    assert (own.name, own.media_type, own.content, own.inline) == ("a.txt", "text/plain", b"x", False)
    told = attachment(1, part, name="..\\b.png", media_type="image/png", content_id=" <c@d> ")
    assert (told.name, told.media_type, told.content_id, told.inline) == ("b.png", "image/png", "c@d", True)
    assert attachment(7, Part("f", memoryview(b""))).name == "attachment-7"
