from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail import headers


def parsed(head: bytes) -> headers.Mime:
    return message_from_bytes(head + b"\n\nbody", policy=default)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("Ann <ann@example.org>", [("Ann", "ann@example.org")]),
        (
            '"Example, Ann" <a@example.org>, bob@example.org',
            [("Example, Ann", "a@example.org"), (None, "bob@example.org")],
        ),
        ("=?utf-8?q?J=C3=B6rg?= <j@example.org>", [("Jörg", "j@example.org")]),
        ("Friends: ann@example.org, bob@example.org;", [(None, "ann@example.org"), (None, "bob@example.org")]),
        ("undisclosed-recipients:;", []),
        ("", []),
        ("<>", []),
        ("Ann Example ann@example.org", [(None, "ann@example.org")]),
        ("((((" * 400 + "somebody", [(None, "((((" * 400 + "somebody")]),
        ("nobody in particular", [(None, "nobody in particular")]),
    ],
)
def test_address_headers_name_people(raw: str, found: list[tuple[str | None, str]]) -> None:
    assert headers.read_mailboxes(raw) == found


def test_8_bit_headers_are_read_as_utf8_or_windows_1252() -> None:
    assert headers.text(parsed("Subject: blessée".encode()), "subject") == "blessée"
    assert headers.text(parsed("Subject: blessée".encode("latin-1")), "subject") == "blessée"
    assert headers.mailboxes(parsed("From: Françoise <f@example.org>".encode("latin-1")), "from") == [
        ("Françoise", "f@example.org")
    ]


def test_folded_and_encoded_subjects_are_one_line() -> None:
    assert headers.text(parsed(b"Subject: =?utf-8?q?one?=\n =?utf-8?q?_two?=\n\tthree"), "subject") == "one two three"


def test_an_unknown_charset_in_an_encoded_word_breaks_nothing() -> None:
    assert headers.text(parsed(b"Subject: =?x-unknown?q?caf=C3=A9?= now"), "subject")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("<a@b>", "<a@b>"),
        (" <a@b> (comment) <c@d>", "<a@b>"),
        ("a@b", "a@b"),
        ("Your message of Sunday <a@b>", "<a@b>"),
        ("", None),
        (None, None),
    ],
)
def test_message_ids_keep_their_brackets(raw: str | None, found: str | None) -> None:
    assert headers.message_id(raw) == found


@pytest.mark.parametrize("raw", ["(" * 50_000, '"' * 50_000, "a@b," * 50_000, "=?utf-8?q?x?= " * 9_000, ":;" * 50_000])
def test_hostile_headers_cost_little(raw: str) -> None:
    assert len(headers.read_mailboxes(raw)) <= headers.MOST_ADDRESSES
    assert len(headers.mailboxes(parsed(b"To: " + raw.encode()), "to")) <= headers.MOST_ADDRESSES
    headers.text(parsed(b"Subject: " + raw.encode()), "subject")


@given(st.text(st.characters(codec=None), max_size=120))
def test_any_text_is_read_as_addresses(raw: str) -> None:
    for name, bare in headers.read_mailboxes(raw):
        assert bare
        assert name is None or name.strip()


NAMES = st.from_regex(r"\w{1,8}(?: \w{1,8}){0,3}", fullmatch=True)
BARE = st.from_regex(r"[A-Za-z0-9+_-]{1,5}(?:\.[a-z]{1,3})?@[a-z0-9-]{1,5}(?:\.[A-Z-]{1,3})?", fullmatch=True)


@given(st.one_of(BARE, BARE.map("<{}>".format), st.builds("{} <{}>".format, NAMES | NAMES.map('"{}"'.format), BARE)))
def test_plain_mailboxes_are_read_as_the_library_reads_them(raw: str) -> None:
    read = headers.read_mailboxes(raw)
    assert read == headers.read_mailboxes(f"{raw}, other@example.org")[:-1]
    assert len(read) == 1
