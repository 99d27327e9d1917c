"""A mail as it was sent (RFC 5322 and MIME), read into plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.contact import Address, Attachment, Automatic
from channels.mail import automatic, enclosed, files, headers
from channels.mail.address import address
from channels.mail.author import author
from channels.mail.charsets import decoded
from channels.mail.headers import Mime
from channels.mail.parsing import BROKEN, head, parsed
from channels.mail.parts import LONGEST_TEXT, Reading, text_of
from channels.texts import cleaned
from channels.times import rfc2822

SENDERS = ("from", "sender", "reply-to", "return-path")
"""Headers that name who wrote, the best first."""

AUTHORED = (
    "from",
    "sender",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "return-path",
    "mime-version",
    "content-type",
)
"""One of these makes it a mail; other content is words, whatever stands before its first colon."""


@dataclass(frozen=True)
class Mail:
    """What a mail says. text: all of it, uncapped. left_out: parts that were too many or too deep to read.

    sender: None only where no header names anybody. date: None where it is missing or unreadable.
    """

    sender: Address | None = None
    sender_name: str | None = None
    recipients: tuple[Address, ...] = ()
    subject: str | None = None
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_id: str | None = None
    in_reply_to: str | None = None
    date: datetime | None = None
    left_out: bool = False
    automatic: Automatic | None = None


def read(content: bytes, envelope_from: str | None = None) -> Mail:
    """Never raises. A body that can't be taken apart is read as text.

    envelope_from: of MAIL FROM, empty for a null path; None where nobody told, so that a Return-Path header counts. It
    is the sender only where no header names one.
    """
    message, whole = parsed(content)
    reading = Reading(left_out=not whole)
    try:
        if not any(headers.value(message, name) for name in AUTHORED):
            text, left_out = cleaned(decoded(content[:LONGEST_TEXT])), len(content) > LONGEST_TEXT
            return Mail(sender=address(envelope_from), text=text, left_out=left_out)
        text = _text(message, reading) if whole else _raw_body(content)
    except BROKEN:
        text, reading.left_out = _raw_body(content), True
    sender, name = _author(message)
    return Mail(
        sender=sender or address(envelope_from),
        sender_name=name,
        recipients=addresses(headers.mailboxes(message, "to") + headers.mailboxes(message, "cc")),
        subject=headers.text(message, "subject"),
        text=text,
        attachments=tuple(reading.attachments),
        message_id=headers.message_id(headers.value(message, "message-id")),
        in_reply_to=headers.message_id(headers.value(message, "in-reply-to")),
        date=rfc2822(headers.value(message, "date")),
        left_out=reading.left_out,
        automatic=automatic.of_headers(((k, str(v)) for k, v in message.raw_items()), envelope_from, text),
    )


def _text(message: Mime, reading: Reading) -> str:
    """The mail's words and those of the mails that it encloses; where there are none, what its files say.

    What a report encloses is mail of ours.
    """
    text = text_of(message, reading).words
    report = headers.value(message, "content-type").lower().startswith("multipart/report")
    if not (report and text.strip()):
        text = enclosed.with_enclosed(text, reading)
    return text if text.strip() else files.in_words(reading.attachments)


def addresses(mailboxes: list[tuple[str | None, str]]) -> tuple[Address, ...]:
    """Each once, in order."""
    found = (address(bare) for _, bare in mailboxes)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _author(message: Mime) -> tuple[Address | None, str | None]:
    named = (one for header in SENDERS for one in headers.mailboxes(message, header))
    return author(named, headers.mailboxes(message, "reply-to"))


def _raw_body(content: bytes) -> str:
    return cleaned(decoded(content[len(head(content)) :][:LONGEST_TEXT]))
