from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Automatic, Contact
from channels.contract import Request
from channels.errors import ChannelProblem, Malformed
from channels.mail.parts import MOST_ATTACHMENTS
from channels.sendgrid.inbound import CHANNEL, parse
from tests.channels.requests import AT, PUBLIC
from tests.shared import SHARED, needs_shared

FOLDER = SHARED / "fixtures/sendgrid"
HEADERS = "From: Ann <ann@example.org>\r\nTo: help@pets.example.com\r\nMessage-ID: <a@b>\r\nSubject: x\r\n"
ENVELOPE = '{"to":["help@pets.example.com"],"from":"bounce@example.org"}'


def posted(body: bytes, boundary: str = "b0") -> Request:
    headers = (("Content-Type", f"multipart/form-data; boundary={boundary}"),)
    return Request("POST", PUBLIC + CHANNEL.path, headers, body, AT)


def form(fields: dict[str, str | bytes]) -> Request:
    """Names of attachments are files' parts."""
    body = b""
    for name, value in fields.items():
        file = f'; filename="{name}.bin"' if name.startswith("attachment") and name[10:].isdigit() else ""
        content = value if isinstance(value, bytes) else value.encode()
        body += f'--b0\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return posted(body + b"--b0--\r\n")


def contact(**fields: str | bytes) -> Contact:
    """Underscores of names stand for hyphens."""
    (found,) = parse(form({name.replace("_", "-"): value for name, value in fields.items()}))
    return found


def test_a_redelivery_is_the_same_contact_whatever_was_added_on_the_way() -> None:
    one = contact(headers="Received: from a\r\n" + HEADERS, text="help", envelope=ENVELOPE, spam_report="a")
    again = contact(text="help", envelope=ENVELOPE, headers="Received: from b\r\n" + HEADERS, spam_report="b")
    assert one.provider_id == again.provider_id == one.delivery


@pytest.mark.parametrize(
    "other",
    [
        {"text": "another"},
        {"html": "<p>x</p>"},
        {"headers": HEADERS.replace("Subject: x", "Subject: y")},
        {"envelope": ENVELOPE.replace("help@", "night@")},
        {"attachment1": b"x"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_mail_under_a_forged_message_id_is_another_contact(other: dict[str, str | bytes]) -> None:
    fields: dict[str, str | bytes] = {"headers": HEADERS, "text": "help", "envelope": ENVELOPE}
    assert contact(**fields).provider_id != contact(**fields | other).provider_id


def test_an_id_covers_text_beyond_what_is_read() -> None:
    one, other = (contact(headers=HEADERS, text="a" * 2_500_000 + end) for end in ("x", "y"))
    assert one.provider_id != other.provider_id
    assert one.extra["truncated"] == "text,parts"


def test_a_raw_mail_is_the_same_contact_with_other_received_lines() -> None:
    one, again = (contact(email=f"Received: {path}\r\n{HEADERS}\r\nhelp\r\n", envelope=ENVELOPE) for path in ("a", "b"))
    assert one.provider_id == again.provider_id
    assert (one.text, one.message_id) == ("help", "<a@b>")


def test_the_envelope_counts_only_where_no_header_names_the_sender() -> None:
    for fields in ({"text": "help"}, {"email": "Subject: x\r\n\r\nhelp\r\n"}):
        found = contact(envelope=ENVELOPE, **fields)
        assert found.sender is not None
        assert found.sender.value == "bounce@example.org"
    named = contact(headers=HEADERS, envelope=ENVELOPE)
    assert named.sender is not None
    assert named.sender.value == "ann@example.org"


def test_a_null_path_with_a_failures_subject_is_a_bounce() -> None:
    null = ENVELOPE.replace("bounce@example.org", "")
    found = contact(headers=HEADERS, subject="Undelivered Mail Returned to Sender", text="no", envelope=null)
    assert found.automatic is Automatic.BOUNCE
    assert contact(headers=HEADERS, subject="Undelivered Mail", text="no", envelope=ENVELOPE).automatic is None


@pytest.mark.parametrize("wrong", ["", "x", "[]", "7", "null", '{"to": 1, "from": []}', '{"text": [], "from": {}}'])
def test_what_stands_beside_the_mail_may_have_any_shape(wrong: str) -> None:
    found = contact(
        headers=HEADERS,
        text="help",
        attachment1=b"x",
        **{"charsets": wrong, "envelope": wrong, "attachment-info": wrong, "content-ids": wrong},
    )
    assert (found.text, [one.name for one in found.attachments]) == ("help", ["attachment1.bin"])


def test_too_many_files_are_left_out_and_told() -> None:
    found = contact(headers=HEADERS, **{f"attachment{n}": b"x" for n in range(1, MOST_ATTACHMENTS + 2)})
    assert len(found.attachments) == MOST_ATTACHMENTS
    assert found.extra["truncated"] == "parts"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (form({"event": "delivered"}), "email"),
        (form({}), "email"),
        (posted(b"--b0\r\nContent-Disposition: form-data; name=text\r\n\r\nhe"), "body"),
        (posted(b""), "body"),
        (replace(posted(b"[]"), headers=(("Content-Type", "application/json"),)), "body"),
        (replace(posted(b""), headers=()), "body"),
    ],
)
def test_what_is_no_mail_is_malformed(request_: Request, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(request_)
    assert caught.value.field == field


OF_THE_MAIL = ("headers", "from", "to", "cc", "subject", "text", "html", "email", "charsets", "envelope", "SPF")
OF_FILES = ("attachment-info", "content-ids", "attachment1", "attachment2", "attachments")
FIELDS = st.sampled_from(OF_THE_MAIL + OF_FILES)
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["utf-7", "idna", "text", "attachment1", "to"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8) | FIELDS, inner, max_size=3),
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(FIELDS, JSON.map(json.dumps) | st.binary(max_size=40) | st.text(max_size=40), max_size=6))
def test_any_form_is_a_contact_or_malformed(fields: dict[str, str | bytes]) -> None:
    try:
        (found,) = parse(form(fields))
    except ChannelProblem:
        return
    found.model_dump_json()


def real(path: Path) -> Contact:
    """As SendGrid sends it, with its own newlines; samples that were stored as text have lost them."""
    body = path.read_bytes()
    body = body if b"\r\n" in body[:200] else body.replace(b"\n", b"\r\n")
    (found,) = parse(posted(body, body.partition(b"\r\n")[0][2:].decode()))
    return found


@needs_shared
def test_every_real_payload_is_a_contact_as_another_library_reads_it() -> None:
    paths = sorted((FOLDER / "anymail/inbound").glob("*.multipart"))
    assert len(paths) >= 5
    for path in paths:
        found = real(path)
        (theirs,) = json.loads(path.with_suffix(".meta.json").read_text())["anymail_normalised"]
        assert found.subject == theirs["subject"]
        assert found.message_id == theirs["message_id"]
        assert (found.sender.value if found.sender else "") in (theirs["from_"] or "")
        assert found.sender_name is None or found.sender_name in theirs["from_"]
        assert found.text == (theirs["text"] or "").strip()
        assert [one.value for one in found.recipients] == [
            one.rpartition("<")[2].strip(">") for one in theirs["to"] + theirs["cc"]
        ]
        inline = {one.content_id: (one.name, one.media_type, one.size) for one in found.attachments if one.inline}
        assert inline == {
            content_id: (one["filename"], one["content_type"], one["size"])
            for content_id, one in theirs["inlines"].items()
        }
        if theirs["attachments"]:
            assert [one.name for one in found.attachments if not one.inline] == [
                one["filename"] for one in theirs["attachments"]
            ]


@needs_shared
def test_files_with_hostile_names_are_kept_under_harmless_ones() -> None:
    found = real(FOLDER / "anymail/inbound/filtered_attachment_filenames.multipart")
    assert [one.size for one in found.attachments] == [7] * 8
    assert {one.name.partition("-")[0] for one in found.attachments} == {"path", "attachment"}


@needs_shared
def test_sendgrids_own_samples_are_contacts() -> None:
    for name, files in (("default_data", 0), ("raw_data", 0), ("raw_data_with_attachments", 1)):
        found = real(FOLDER / f"sample_data/{name}.txt")
        assert found.sender is not None
        assert (found.sender.value, found.sender_name) == ("test@example.com", "Example User")
        assert found.text == "Hello Twilio SendGrid!"
        assert len(found.attachments) == files
