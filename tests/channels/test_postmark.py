from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Contact
from channels.contract import Secrets
from channels.errors import ChannelProblem, Malformed, Unauthenticated
from channels.postmark import CHANNEL, InboundMail, parse, verify
from tests.channels.requests import SECRET, postmark_mail
from tests.shared import SHARED, needs_shared

ANN = {"FromFull": {"Email": "ann@example.org", "Name": "Ann"}, "MessageID": "m-1"}


def contact(**fields: object) -> Contact:
    (found,) = parse(postmark_mail(**{**ANN, **fields}))
    return found


def test_credentials_that_cant_be_read_are_none() -> None:
    request = postmark_mail(**ANN)
    for value in ("", "Bearer x", "Basic !!!", "Basic é", "Basic " + b64encode(b"\xff\xfe").decode()):
        with pytest.raises(Unauthenticated):
            verify(replace(request, headers=(("authorization", value),)), Secrets((SECRET,)))


@pytest.mark.parametrize("kind", ["Delivery", "Bounce", "Open", "Click", "SpamComplaint", "SubscriptionChange", "New"])
def test_another_webhooks_record_is_malformed(kind: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(postmark_mail(RecordType=kind, From="ann@example.org", Subject="x", MessageID="m-1"))
    assert caught.value.field == "RecordType"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{}", "FromFull"),
        (b'{"RecordType": "Inbound"}', "FromFull"),
        (b"[]", "body"),
        (b"", "body"),
        (b'{"From": ', "body"),
        (b'{"Subject": "\xff"}', "body"),
        (b'{"FromFull": {"Email": ["ann@example.org"]}}', "FromFull.Email"),
        (b'{"FromFull": "ann@example.org"}', "FromFull"),
        (b'{"From": "a@b", "TextBody": {"a": 1}}', "TextBody"),
    ],
)
def test_what_cant_be_read_is_malformed_with_its_field_and_without_its_content(body: bytes, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(replace(postmark_mail(), body=body))
    assert caught.value.field == field
    assert "ann@" not in str(caught.value)


def test_fields_that_say_nothing_of_who_writes_what_may_have_any_shape() -> None:
    odd: dict[str, Any] = {"ToFull": "x", "CcFull": [1, None, {"Email": 2}], "Headers": {"a": 1}, "Attachments": 7,
                           "Date": [], "MailboxHash": 1, "OriginalRecipient": {}, "RawEmail": [], "To": 3,
                           "StrippedTextReply": 1, "BccFull": None}  # fmt: skip
    assert contact(TextBody="help", **odd).text == "help"


def test_without_an_id_the_content_is_the_id() -> None:
    one, again, other = (contact(MessageID=None, TextBody=text) for text in ("a", "a", "b"))
    assert one.provider_id == again.provider_id != other.provider_id
    assert contact(MessageID="", TextBody="a").provider_id == one.provider_id
    long = contact(MessageID="x" * 5_000, TextBody="a")
    assert len(long.provider_id) == 64


def test_postmarks_own_stripping_wins_and_the_full_text_stays() -> None:
    found = contact(TextBody="new\n> old", StrippedTextReply="new")
    assert (found.text, found.full_text) == ("new", "new\n> old")


def test_a_reply_that_postmark_didnt_strip_is_stripped_here() -> None:
    found = contact(Subject="Re: x", TextBody="new\n\n> old", StrippedTextReply=" \n")
    assert (found.text, found.full_text) == ("new", "new\n\n> old")


def test_html_is_read_where_there_is_no_plain_text() -> None:
    assert contact(TextBody=" ", HtmlBody="<p>she is <b>gone</b></p>").text == "she is gone"


def test_a_file_that_cant_be_decoded_loses_neither_its_name_nor_the_mail() -> None:
    broken = {"Name": "../a.pdf", "Content": "*", "ContentType": "application/pdf"}
    found = contact(TextBody="help", Attachments=[broken, {"Name": "b.txt"}, {"Content": "", "Name": "empty.txt"}])
    assert found.text == "help"
    assert [(one.name, one.size, one.sha256 is None) for one in found.attachments] == [
        ("a.pdf", None, True),
        ("b.txt", None, True),
        ("empty.txt", 0, False),
    ]


def test_the_raw_mail_fills_in_what_is_missing() -> None:
    raw = "From: Ann <ann@example.org>\nSubject: raw\nIn-Reply-To: <a@b>\nMessage-ID: <c@d>\n\nraw words\n"
    found = contact(FromFull=None, RawEmail=raw)
    assert (found.sender_name, found.subject, found.text) == ("Ann", "raw", "raw words")
    assert (found.in_reply_to, found.message_id) == ("<a@b>", "<c@d>")
    assert contact(Subject="theirs", TextBody="theirs", RawEmail=raw).text == "theirs"


FIELDS = st.sampled_from([field.alias or "" for field in InboundMail.model_fields.values()] + ["To", "Cc", "Subject"])
INNER = st.sampled_from(["Email", "Name", "Value", "Content", "ContentType"])
VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(INNER, inner, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(FIELDS, VALUES))
def test_any_json_is_a_contact_or_malformed(fields: dict[str, object]) -> None:
    try:
        (found,) = parse(postmark_mail(**fields))
    except ChannelProblem:
        return
    found.model_dump_json()


@needs_shared
def test_every_inbound_mail_of_the_corpus_is_a_contact() -> None:
    folder = SHARED / "fixtures/postmark"
    paths = [
        path for path in folder.rglob("*.json") if not path.name.endswith(".meta.json") and "webhooks" not in path.parts
    ]
    assert len(paths) >= 8
    for path in paths:
        request = replace(postmark_mail(), body=path.read_bytes())
        if path.name == "misconfigured_tracking.json":
            with pytest.raises(Malformed):
                CHANNEL.parse(request)
        else:
            assert len(parse(request)) == 1


@needs_shared
def test_what_another_library_reads_of_them_agrees() -> None:
    folder = SHARED / "fixtures/postmark/anymail/inbound"
    for path in sorted(folder.glob("*.meta.json")):
        oracle = json.loads(path.read_text())["anymail_normalised"]
        if not oracle:
            continue
        (found,) = parse(replace(postmark_mail(), body=(folder / path.name.replace(".meta", "")).read_bytes()))
        theirs = oracle[0]
        assert (found.sender is None) == (theirs["from_"] is None)
        assert found.sender is None or found.sender.value in theirs["from_"].lower()
        assert found.message_id == theirs["message_id"] or theirs["message_id"] is None
        assert (found.subject or "") == theirs["subject"]
        assert {one["filename"] for one in theirs["attachments"]} <= {one.name for one in found.attachments}
        if theirs["stripped_text"]:
            assert found.text == theirs["stripped_text"]
            assert found.full_text == theirs["text"].strip()
