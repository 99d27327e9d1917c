"""Mails as they come, the broken ones above all."""

from __future__ import annotations

import time
from base64 import encodebytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.contact import contact
from channels.mail.message import Mail, read
from channels.mail.parts import DEEPEST, LONGEST_TEXT, MOST_ATTACHMENTS
from tests.channels.requests import AT

HEAD = b"From: Ann <ann@example.org>\nTo: help@pets.example.com\nSubject: x\n"


def part(content_type: str, body: str, *more: str) -> str:
    return "\n".join((f"Content-Type: {content_type}", *more, "", body))


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    body = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return part(f'multipart/{kind}; boundary="{boundary}"', f"{body}--{boundary}--")


def mail(body: str) -> Mail:
    return read(HEAD + body.encode())


PLAIN = part("text/plain; charset=utf-8", "plain words")
HTML = part("text/html; charset=utf-8", "<p>rich words</p>")


@pytest.mark.parametrize("kind", ["text/markdown", "text/x-unknown", "text/enriched"])
def test_text_of_any_unnamed_kind_is_words(kind: str) -> None:
    assert mail(multipart("mixed", part(kind, "words"))).text.strip() == "words"
    assert mail(multipart("alternative", PLAIN, part(kind, "words"))).text.strip() == "plain words"


@pytest.mark.parametrize("kind", ["text/vcard", "text/csv", "text/rfc822-headers"])
def test_text_that_nobody_wrote_to_be_read_is_a_file(kind: str) -> None:
    found = mail(multipart("mixed", PLAIN, part(kind, "BEGIN:VCARD")))
    assert found.text.strip() == "plain words"
    assert [one.media_type for one in found.attachments] == [kind]


def test_of_alternatives_the_plain_one_is_read() -> None:
    assert mail(multipart("alternative", PLAIN, HTML)).text.strip() == "plain words"
    assert mail(multipart("alternative", HTML, PLAIN)).text.strip() == "plain words"


def test_a_blank_plain_alternative_gives_way_to_the_rich_one() -> None:
    assert mail(multipart("alternative", part("text/plain", " \n"), HTML)).text == "rich words"


def test_a_footer_in_plain_text_doesnt_hide_the_rich_text_beside_it() -> None:
    text = mail(multipart("mixed", HTML, part("text/plain", "-- \nlist footer"))).text
    assert "rich words" in text
    assert "list footer" in text


def test_a_part_with_a_name_is_a_file_and_no_words() -> None:
    named = part("text/plain", "secret", 'Content-Disposition: inline; filename="notes.txt"')
    found = mail(multipart("mixed", PLAIN, named))
    assert found.text.strip() == "plain words"
    assert [(one.name, one.size, one.inline) for one in found.attachments] == [("notes.txt", 6, True)]


def test_who_says_all_in_a_file_of_text_is_heard() -> None:
    named = part("text/plain", "he bit me", 'Content-Disposition: attachment; filename="notes.txt"')
    found = mail(multipart("mixed", part("text/plain", " "), named))
    assert found.text == "he bit me"
    assert [one.name for one in found.attachments] == ["notes.txt"]


def test_the_words_of_a_mail_that_is_one_named_part_are_read() -> None:
    assert mail(part("text/plain; name=mail.txt", "words")).text == "words"


@pytest.mark.parametrize("name", ["..", "a\\b", "", "/", "../../x", "con"])
def test_names_of_files_are_harmless(name: str) -> None:
    found = mail(
        multipart("mixed", PLAIN, part("application/pdf", "x", f'Content-Disposition: attachment; filename="{name}"'))
    )
    (attachment,) = found.attachments
    assert attachment.name not in ("", ".", "..", "con")
    assert not set("/\\") & set(attachment.name)


def test_bytes_of_files_are_as_they_were_sent() -> None:
    content = bytes(range(256))
    found = mail(
        multipart(
            "mixed",
            part("image/png", encodebytes(content).decode(), "Content-Transfer-Encoding: base64", "Content-ID: <a@b>"),
        )
    )
    (attachment,) = found.attachments
    assert (attachment.content, attachment.content_id, attachment.inline) == (content, "a@b", True)


def test_base64_that_is_broken_keeps_what_can_be_read() -> None:
    found = mail(multipart("mixed", PLAIN, part("image/png", "!!!a", "Content-Transfer-Encoding: base64")))
    assert found.text.strip() == "plain words"
    assert len(found.attachments) == 1


@pytest.mark.parametrize(
    "more",
    [
        "Content-Transfer-Encoding: x-uuencode",
        "Content-Transfer-Encoding: nonsense",
        "Content-Transfer-Encoding: ",
        "Content-Disposition: ;;;=",
        "Content-Type: text/plain; charset*=x''%",
        "Content-Type: text/plain; charset=\"=?utf-8?q?x?=\"",
        "Content-Type: text/plain; charset=X-UNKNOWN",
        "Content-Type: ;;",
        "Content-Type: text/plain; name*0*=x; name*1=",
        "Content-Type: multipart/mixed",
        "Content-Type: multipart/mixed; boundary=",
        "Content-Type: multipart/alternative; boundary=never",
        "Date: not a date",
        "From: =?x?y?z?=",
        "Message-ID: []",
    ],
)  # fmt: skip
def test_a_broken_header_costs_no_words(more: str) -> None:
    found = read(HEAD + more.encode() + b"\n\nShe is bleeding.\n")
    assert "She is bleeding." in found.text
    assert found.sender is not None


def test_parts_nested_too_deep_are_left_out_and_it_says_so() -> None:
    body = PLAIN
    for depth in range(DEEPEST + 5):
        body = multipart("mixed", body, boundary=f"b{depth}")
    assert mail(body).left_out
    assert not mail(multipart("mixed", multipart("mixed", PLAIN, boundary="c"))).left_out


def test_endless_nesting_is_read_as_text() -> None:
    body = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000)) + "\nhelp"
    found = mail(body)
    assert found.left_out
    assert found.sender is not None


def test_too_many_files_are_left_out_and_it_says_so() -> None:
    found = mail(multipart("mixed", PLAIN, *[part("image/png", "x")] * (MOST_ATTACHMENTS + 1)))
    assert (len(found.attachments), found.left_out) == (MOST_ATTACHMENTS, True)


def test_text_in_many_parts_is_bounded() -> None:
    found = mail(multipart("mixed", *[part("text/plain", "x" * 900_000)] * 3))
    assert len(found.text) <= LONGEST_TEXT + 10
    assert found.left_out


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"\n" + b"a\n" * 1_500_000,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000,
        HEAD + b"X: y\n" * 1_200_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(99)) + b"a\n" * 50_000,
        HEAD + b"Content-Type: message/rfc822\n\n" * 50_000,
        HEAD + b"Content-Type: multipart/digest; boundary=b\n\n" + b"--b\n\nFrom: a@b\n\nx\n" * 4_900,
        HEAD + b"Content-Type: text/plain; format=flowed\n\n"
        + b"begin 644 x\n> a \n> On 1 May 2026 x@y wrote:\n" * 90_000,
        HEAD + b"In-Reply-To: <a@b>\n\n"
        + b"-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n" * 100_000,
        HEAD + b"Content-Type: text/calendar\n\n" + b"BEGIN:VEVENT\n" * 200_000,
        HEAD + b"Content-Type: text/html\n\n" + b"<blockquote>" * 100_000,
    ],
    ids=["lines", "parts", "headers", "nested", "enclosed", "digest", "flowed", "armour", "calendar", "quotes"],
)  # fmt: skip
def test_a_hostile_mail_takes_seconds_at_most(content: bytes) -> None:
    began = time.perf_counter()
    contact(read(content), provider="x", provider_id="x", received_at=AT)
    assert time.perf_counter() - began < 10


def test_who_encloses_a_mail_without_a_word_has_said_what_it_says() -> None:
    inner = f"From: sitter@example.net\nSubject: Bella\n{part('text/plain', 'hit by a car')}"
    found = mail(multipart("mixed", part("message/rfc822", inner)))
    assert found.text == "hit by a car"
    assert [one.media_type for one in found.attachments] == ["message/rfc822"]
    with_words = mail(multipart("mixed", PLAIN, part("message/rfc822", inner)))
    assert with_words.text.startswith(
        "plain words\n\n---------- Forwarded message ---------\nFrom: sitter@example.net\n"
    )
    assert with_words.text.endswith("hit by a car")


def test_the_sender_is_the_first_who_is_named_anywhere() -> None:
    assert read(b"From: \nSender: Ann <ann@example.org>\n\nx").sender_name == "Ann"
    assert read(b"Return-Path: <ann@example.org>\nSubject: x\n\nx").sender is not None
    assert read(b"Return-Path: <>\nSubject: x\n\nx").sender is None


def test_words_without_any_header_are_words() -> None:
    assert read(b"URGENT: he is not breathing").text == "URGENT: he is not breathing"
    assert read(b'{"a": 1}').text == '{"a": 1}'


LINES = """From: a@b
To: =?utf-8?b?!!?=
Content-Type: multipart/mixed; boundary=b
Content-Type: text/html
Content-Type: message/rfc822
Content-Transfer-Encoding: base64
Subject: \udcff
--b
--b--
 folded

words"""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LINES.split("\n")), max_size=14))
def test_any_jumble_of_a_mail_is_read(lines: list[str]) -> None:
    found = read("\n".join(lines).encode("utf-8", "surrogateescape"))
    found.text.encode()


def test_a_named_rich_alternative_is_kept_as_a_file() -> None:
    named = part("text/html", "<p>rich</p>", 'Content-Disposition: attachment; filename="page.html"')
    found = mail(multipart("alternative", PLAIN, named))
    assert [one.name for one in found.attachments] == ["page.html"]


def test_a_type_without_its_semicolon_costs_no_words() -> None:
    assert mail(part("text/plain charset=utf-8", "words")).text == "words"
