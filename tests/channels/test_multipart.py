from __future__ import annotations

import tracemalloc
from urllib.parse import parse_qsl, quote_from_bytes, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.errors import ChannelProblem, Malformed, NotTheirs
from channels.mail.charsets import decoded
from channels.multipart import MOST_PARTS, PIECE, Part, by_name, parts

TYPE = "multipart/form-data; boundary=b0"
FORM = "application/x-www-form-urlencoded"


def part(name: str, content: bytes, *lines: str, filename: str = "") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return "\r\n".join(["--b0", head, *lines, "", ""]).encode() + content + b"\r\n"


def form(*given: bytes) -> bytes:
    return b"".join(given) + b"--b0--\r\n"


def told(found: tuple[Part, ...]) -> list[tuple[str, bytes]]:
    return [(one.name, bytes(one.content)) for one in found]


def test_fields_and_files_come_in_order_with_what_is_told_of_them() -> None:
    body = form(part("a", b"1"), part("f", b"\x00\r\n--b\xff", "Content-Type: text/plain; charset=x", filename="é.txt"))
    first, second = parts(body, TYPE)
    assert (first.name, bytes(first.content), first.filename, first.media_type) == ("a", b"1", None, "")
    assert (second.name, bytes(second.content), second.filename) == ("f", b"\x00\r\n--b\xff", "é.txt")
    assert second.media_type == "text/plain; charset=x"


def test_of_one_name_the_first_counts() -> None:
    assert bytes(by_name(parts(form(part("a", b"1"), part("a", b"2")), TYPE))["a"].content) == b"1"


def test_an_urlencoded_form_keeps_its_bytes() -> None:
    assert told(parts(b"a=%E9+1&b=&c=%C3%A9=%26", FORM)) == [("a", b"\xe9 1"), ("b", b""), ("c", b"\xc3\xa9=&")]


@given(
    st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=5), st.integers(PIECE - 10, PIECE + 10)), max_size=3),
    st.binary(min_size=1, max_size=2),
)
@settings(max_examples=30)
def test_long_fields_are_unescaped_wherever_their_escapes_stand(
    given: list[tuple[str, bytes, int]], fill: bytes
) -> None:
    pairs = [(name, fill * (size // len(quote_from_bytes(fill))) + end) for name, end, size in given]
    assert told(parts(urlencode(pairs).encode(), FORM)) == pairs


@settings(max_examples=30)
@given(st.text("%+&=aF0\r", max_size=30))
def test_escapes_are_read_as_the_standard_library_reads_them(text: str) -> None:
    theirs = [
        (decoded(name.encode("latin-1")), value.encode("latin-1"))
        for name, value in parse_qsl(text, keep_blank_values=True, encoding="latin-1")
    ]
    assert told(parts(text.encode(), FORM)) == theirs


def test_text_is_decoded_by_its_charset_and_an_unknown_one_is_guessed() -> None:
    (one,) = parts(b"a=%A2%A1", FORM)
    assert one.text("cp850") == "óí"
    assert one.text("x-unknown") == "¢¡"
    assert one.text("cp850", most=1) == "ó"


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data", "multipart/mixed; boundary=b0", "multipart/form-data; boundary=\u20ac"],
)
def test_another_type_is_no_form_of_theirs(content_type: str) -> None:
    with pytest.raises(NotTheirs):
        parts(form(part("a", b"1")), content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b0\r\n",
        b"--b1--\r\n",
        form(part("a", b"1"))[:-6],
        part("a", b"1"),
        form(part("a", b"1", "X" * 20_000 + ": y")),
        form(part("a", b"1", *(f"X-{n}: y" for n in range(100)))),
        form(b"--b0\r\nno header\r\n\r\n1\r\n"),
        form(*[part("a", b"1")] * (MOST_PARTS + 1)),
        form(part("a", b"\r\n--b0x" * MOST_PARTS)),
    ],
    ids=lambda body: f"{len(body)}",
)
def test_what_is_no_whole_form_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parts(body, TYPE)


def test_more_fields_than_anybody_sends_are_malformed() -> None:
    with pytest.raises(Malformed):
        parts(b"a&" * (MOST_PARTS + 1), FORM)


def test_an_overlong_boundary_is_refused() -> None:
    with pytest.raises(ChannelProblem):
        parts(form(), "multipart/form-data; boundary=" + "b" * 5_000)


def test_a_large_field_of_escapes_costs_little_more_than_its_bytes() -> None:
    body = b"a=" + b"%0D" * 300_000
    tracemalloc.start()
    try:
        (found,) = parts(body, FORM)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.content) == 300_000
    assert peak < 5_000_000


def test_a_large_form_isnt_copied() -> None:
    body = form(part("a", b"1"), part("f", b"\r\n--b\r\n--bb0\r" * 2_000_000, filename="large.bin"))
    tracemalloc.start()
    try:
        found = parts(body, TYPE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found[1].content) == 26_000_000
    assert peak < 1_000_000


NAMES = st.text(st.characters(codec="utf-8", exclude_characters='\r\n"\\\0;'), min_size=1, max_size=20)
PIECES = st.sampled_from([b"\r\n--b0", b"--", b"\r", b"\n", b"b0", b" ", b"x"])
CONTENTS = (
    st.lists(PIECES | st.binary(max_size=5), max_size=8)
    .map(b"".join)
    .filter(lambda content: b"\r\n--b0" not in b"\r\n" + content + b"\r\n")
)


@given(st.lists(st.tuples(NAMES, CONTENTS), min_size=1, max_size=5))
def test_what_is_written_is_read(given: list[tuple[str, bytes]]) -> None:
    assert told(parts(form(*(part(name, content) for name, content in given)), TYPE)) == given


@settings(max_examples=200)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=20).map(b"".join), st.sampled_from([TYPE, FORM]) | st.text())
def test_garbage_is_only_ever_refused(body: bytes, content_type: str) -> None:
    for sent in (body, b"--b0\r\n" + body, form(part("a", body))):
        try:
            found = parts(sent, content_type)
        except ChannelProblem:
            continue
        assert all(one.text() is not None for one in found)
