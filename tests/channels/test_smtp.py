from __future__ import annotations

import re

import pytest

from channels.contact import Medium
from channels.smtp import parse_mail
from channels.texts import LIMIT
from tests.channels.requests import AT, mail, payloads
from tests.shared import SHARED, needs_shared

HEAD = b"From: Ann <ann@example.org>\r\nTo: help@pets.example.com\r\nSubject: %s\r\n\r\n"


def test_the_envelope_comes_first_and_names_the_hidden() -> None:
    contact = parse_mail(HEAD % b"x", "ann@example.org", ("Hidden@Pets.example.com", "help@pets.example.com"), AT)
    assert [one.value for one in contact.recipients] == ["hidden@pets.example.com", "help@pets.example.com"]
    assert (contact.provider, contact.medium, contact.delivery) == ("smtp", Medium.EMAIL, contact.provider_id)


def test_the_senders_own_header_goes_before_the_envelope() -> None:
    contact = parse_mail(HEAD % b"x", "bounce-17@lists.example.net", (), AT)
    assert contact.sender is not None
    assert contact.sender.value == "ann@example.org"


def test_a_mail_from_nobody_has_no_sender() -> None:
    assert parse_mail(b"Subject: x\n\ny", "", (), AT).sender is None
    assert parse_mail(b"Subject: x\n\ny", "<>", (), AT).sender is None


def test_a_forged_message_id_suppresses_nothing() -> None:
    real, forged = HEAD % b"help" + b"he bit me", HEAD % b"help" + b"nothing"
    tail = b"\r\nMessage-ID: <same@mail.example.org>"
    one, two = (parse_mail(content.replace(b"\r\nTo", tail + b"\r\nTo"), "", (), AT) for content in (real, forged))
    assert one.message_id == two.message_id == "<same@mail.example.org>"
    assert one.provider_id != two.provider_id


def test_a_redelivery_by_another_route_is_the_same_contact() -> None:
    for path in payloads("mail"):
        content = path.read_bytes()
        again = b"Received: from elsewhere.example.net by mx; Mon, 23 Nov 2026 09:00:00 +0000\r\n" + content
        assert mail(again).provider_id == mail(content).provider_id


def test_a_text_past_the_limit_is_cut_in_both_forms_and_says_so() -> None:
    words = b"old\n" * 100_000
    contact = parse_mail(HEAD % b"Re: x" + b"new " * 60_000 + b"\n> " + words, "", (), AT)
    assert len(contact.text.encode()) == LIMIT
    assert len((contact.full_text or "").encode()) == LIMIT
    assert contact.extra == {"truncated": "text"}


def test_the_new_text_isnt_cut_for_the_length_of_what_it_quotes() -> None:
    contact = parse_mail(HEAD % b"Re: x" + b"new words\n" + b"> old\n" * 100_000, "", (), AT)
    assert contact.text == "new words"
    assert contact.extra == {"truncated": "text"}


def test_a_mail_that_is_no_reply_stays_whole() -> None:
    contact = parse_mail(HEAD % b"x" + b"he wrote me this:\n> I will kill your dog", "", (), AT)
    assert "kill" in contact.text


@needs_shared
@pytest.mark.parametrize(
    "folder", ["cpython", "email-reply-parser", "flanker", "mikel-mail", "sisimai-bounces", "talon"]
)
def test_every_mail_of_the_corpus_is_a_contact(folder: str) -> None:
    paths = [path for path in sorted((SHARED / "fixtures/email" / folder).rglob("*")) if path.is_file()]
    assert len(paths) > 20
    for path in paths:
        contact = mail(path.read_bytes())
        assert re.fullmatch(r"[0-9a-f]{64}", contact.provider_id)
        assert contact.sender is not None
        contact.model_dump_json()


@needs_shared
@pytest.mark.parametrize(
    "name",
    ["android", "aol", "apple_mail", "apple_mail_2", "comcast", "gmail", "hotmail", "iphone", "outlook", "sparrow",
     "thunderbird", "yahoo"],
)  # fmt: skip
def test_the_common_clients_replies_lose_their_quotations(name: str) -> None:
    content = (SHARED / f"fixtures/email/talon/standard_replies/{name}.eml").read_bytes()
    contact = mail(re.sub(rb"(?m)^Subject: .*$", b"Subject: Re: Test", content, count=1))
    assert contact.text.startswith("Hello")
    assert "Hello" in (contact.full_text or contact.text)
    if name != "android":  # its introduction is Russian, a language that we have no skill for
        assert len(contact.text) < 80
