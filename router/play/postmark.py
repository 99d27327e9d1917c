"""Postmark's inbound webhook as it sends it: JSON, with basic auth."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from email.utils import format_datetime
from random import Random
from uuid import UUID

from router.play.people import Person
from router.play.sample import Keys, Sample

PATH = "/hooks/postmark/inbound"
OFFICE_MAIL = "safety@example.com"

File = tuple[str, str, bytes]


def email(
    person: Person,
    subject: str,
    text: str,
    keys: Keys,
    rng: Random,
    *,
    at: datetime,
    files: tuple[File, ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> Sample:
    """A mail that Postmark took in. files: (name, media type, bytes)."""
    message_id = str(UUID(int=rng.getrandbits(128), version=4))
    domain = person.email.rpartition("@")[2]
    body = {
        "FromName": person.name,
        "MessageStream": "inbound",
        "From": person.email,
        "FromFull": {"Email": person.email, "Name": person.name, "MailboxHash": ""},
        "To": OFFICE_MAIL,
        "ToFull": [{"Email": OFFICE_MAIL, "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": OFFICE_MAIL,
        "Subject": subject,
        "MessageID": message_id,
        "ReplyTo": "",
        "MailboxHash": "",
        "Date": format_datetime(at),
        "TextBody": text,
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": [
            {"Name": name, "Value": value}
            for name, value in (
                ("Return-Path", f"<{person.email}>"),
                ("Received-SPF", f"Pass (sender SPF authorized) identity=mailfrom; envelope-from={person.email}"),
                ("X-Spam-Status", "No"),
                ("X-Spam-Score", "-0.1"),
                ("MIME-Version", "1.0"),
                ("Message-ID", f"<{rng.getrandbits(96):024x}@mail.{domain}>"),
                *headers,
            )
        ],
        "Attachments": [
            {
                "Name": name,
                "Content": b64encode(content).decode(),
                "ContentType": media_type,
                "ContentLength": len(content),
                "ContentID": "",
            }
            for name, media_type, content in files
        ],
    }
    sent = [("Content-Type", "application/json"), ("User-Agent", "Postmark")]
    if keys.postmark_auth:
        sent.append(("Authorization", "Basic " + b64encode(keys.postmark_auth.encode()).decode()))
    return Sample("POST", PATH, tuple(sent), json.dumps(body).encode(), "postmark", message_id)
