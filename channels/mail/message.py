"""A mail as it was sent (RFC 5322 and MIME), read into plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesParser
from email.policy import default

from channels.contact import Address, Attachment, Automatic
from channels.mail import automatic, headers
from channels.mail.address import address
from channels.mail.charsets import decoded
from channels.mail.headers import Mime
from channels.mail.parts import BROKEN, LONGEST_TEXT, Reading, text_of
from channels.texts import cleaned
from channels.times import rfc2822

MOST_LINES = 700_000
MOST_PARTS = 5_000
COSTLIEST = 10_000_000
"""What the parser takes a second or two for: lines, lines that may begin a part, and boundaries times lines (it
compares each line with every open boundary). A mail past any of them is read as text below its headers."""

LONGEST_HEAD = 256_000
"""Bytes of headers that are read of such a mail."""

DEEPEST_ENCLOSED = 3

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

    envelope_from: of MAIL FROM, empty for a null path; None where nobody told, so that a Return-Path header counts.
    """
    message, whole = _parsed(content)
    reading = Reading(left_out=not whole)
    try:
        if not any(headers.value(message, name) for name in AUTHORED):
            return Mail(text=cleaned(decoded(content[:LONGEST_TEXT])), left_out=len(content) > LONGEST_TEXT)
        text = text_of(message, reading).words if whole else _raw_body(content)
        text = text if text.strip() else _enclosed_text(reading)
    except BROKEN:
        text, reading.left_out = _raw_body(content), True
    sender, name = _sender(message)
    return Mail(
        sender=sender,
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


def addresses(mailboxes: list[tuple[str | None, str]]) -> tuple[Address, ...]:
    """Each once, in order."""
    found = (address(bare) for _, bare in mailboxes)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _sender(message: Mime) -> tuple[Address | None, str | None]:
    for header in ("from", "sender", "reply-to", "return-path"):
        for name, bare in headers.mailboxes(message, header):
            found = address(bare)
            if found is not None:
                return found, name
    return None, None


def _parsed(content: bytes) -> tuple[Mime, bool]:
    parser = BytesParser(policy=default)
    if not _costly(content):
        try:
            return parser.parsebytes(content), True
        except BROKEN:
            pass
    return parser.parsebytes(_head(content)[:LONGEST_HEAD] + b"\n\n", headersonly=True), False


def _costly(content: bytes) -> bool:
    lines = max(content.count(b"\n"), content.count(b"\r"))
    parts = content.count(b"\n--") + content.count(b"\r--")
    lower = content.lower()
    boundaries = sum(map(lower.count, (b"boundary=", b"boundary*", b"boundary ", b"boundary\t")))
    return lines > MOST_LINES or parts > MOST_PARTS or boundaries * lines > COSTLIEST


def _head(content: bytes) -> bytes:
    ends = [at for at in map(content.find, (b"\n\n", b"\r\n\r\n", b"\r\r")) if at >= 0]
    return content[: min(ends, default=len(content))]


def _raw_body(content: bytes) -> str:
    return cleaned(decoded(content[len(_head(content)) :][:LONGEST_TEXT]))


def _enclosed_text(reading: Reading) -> str:
    """The words of the mails that a wordless one encloses: who forwards like that has said nothing else."""
    waiting, said = list(reading.enclosed), []
    for _ in range(DEEPEST_ENCLOSED):
        inner = Reading()
        said += [text_of(message, inner).words.strip("\n") for message in waiting[:DEEPEST_ENCLOSED]]
        waiting = inner.enclosed
    return "\n\n".join(text for text in said if text.strip())
