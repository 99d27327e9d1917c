from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.fingerprint import digest, fingerprint

TO = ("help@pets.example.com",)
MAIL = b"""Received: from a by b; Sun, 22 Nov 2026 14:00:00 +0000
From: Ann <ann@example.org>
To: help@pets.example.com
Subject: my
 dog
Message-ID: <one@mail.example.org>

He bit me.
"""


@pytest.mark.parametrize(
    "same",
    [
        MAIL.replace(b"\n", b"\r\n"),
        MAIL.replace(b"\n", b"\r"),
        MAIL.replace(b"from a by b", b"from c by d"),
        b"Received: from c by d\nX-Spam: no\n" + MAIL,
        MAIL.replace(b"my\n dog", b"my dog"),
        MAIL.replace(b"From:", b"FROM:"),
        MAIL + b"\n\n",
        MAIL.replace(b"Message-ID: <one@mail.example.org>\n", b"").replace(
            b"To: help", b"Message-ID: <one@mail.example.org>\nTo: help"
        ),
    ],
)
def test_what_changes_on_the_way_changes_nothing(same: bytes) -> None:
    assert fingerprint(same, TO) == fingerprint(MAIL, TO)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"He bit", b"She bit"),
        MAIL.replace(b"Ann", b"Bob"),
        MAIL.replace(b"my\n dog", b"my cat"),
        MAIL.replace(b"<one@", b"<two@"),
        MAIL.replace(b"To: help", b"Cc: help"),
        MAIL.replace(b"From:", b"From: Eve <eve@example.net>\nFrom:"),
        b"He bit me.",
        b'{"He": "bit me"}',
        b'{"She": "bit me"}',
        b"",
    ],
)
def test_another_author_subject_or_body_is_another_mail_whatever_its_message_id(other: bytes) -> None:
    assert fingerprint(other, TO) != fingerprint(MAIL, TO)


def test_texts_that_are_no_mails_are_told_apart() -> None:
    assert len({fingerprint(text, TO) for text in (b"", b"a: b", b"a: c", b'{"a": 1}', b"Received: x\n\nb")}) == 5


def test_recipients_count_but_not_their_order() -> None:
    assert fingerprint(MAIL, ("a@b", "c@d")) == fingerprint(MAIL, ("c@d", "a@b", "a@b"))
    assert fingerprint(MAIL, ("a@b",)) != fingerprint(MAIL, TO)


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_no_two_lists_look_alike(one: list[bytes], two: list[bytes]) -> None:
    assert (digest(one) == digest(two)) == (one == two)


@given(st.binary(max_size=200))
def test_any_bytes_have_one(content: bytes) -> None:
    assert len(fingerprint(content, ())) == 64
