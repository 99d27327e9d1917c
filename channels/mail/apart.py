"""A mail that its provider has already taken apart: headers, texts and files side by side, made one mail again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import default
from hashlib import sha256

from channels.contact import Address, Attachment
from channels.mail import automatic, headers, html
from channels.mail.author import author
from channels.mail.enclosed import with_attached
from channels.mail.fingerprint import STABLE, digest
from channels.mail.message import SENDERS, Mail, addresses
from channels.mail.parsing import BROKEN, LONGEST_HEAD
from channels.mail.parts import MOST_ATTACHMENTS
from channels.texts import cleaned, line
from channels.times import rfc2822

_STABLE = frozenset(name.decode() for name in STABLE)


@dataclass(frozen=True)
class Apart:
    """What a provider tells of a mail.

    headers: name and raw value, topmost first. sender, to, cc, subject: what it read of the headers itself; where it
    is empty the headers count. text and html are the bodies. envelope_from: of MAIL FROM, empty for a null path, None
    where nobody told. left_out: there was more than what is here.
    """

    headers: Sequence[tuple[str, str]] = ()
    sender: str = ""
    to: str = ""
    cc: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    envelope_from: str | None = None
    left_out: bool = False

    def header(self, name: str) -> str:
        """The first value that isn't blank, unfolded; empty where there is none."""
        return next((found for found in self._values(name) if found), "")

    def mailboxes(self, name: str) -> list[tuple[str | None, str]]:
        """(display name, address) pairs of a header."""
        return headers.read_mailboxes(", ".join(value for value in self._values(name) if value))

    def _values(self, name: str) -> list[str]:
        return [headers.unfolded(value) for key, value in self.headers if key.strip().lower() == name]


def pairs(head: bytes) -> tuple[tuple[str, str], ...]:
    """The headers of a mail's head, for `Apart`; none where it can't be read."""
    try:
        found = BytesHeaderParser(policy=default).parsebytes(head[:LONGEST_HEAD]).raw_items()
        return tuple((name, str(value)) for name, value in found)
    except BROKEN:
        return ()


def mail(apart: Apart) -> Mail:
    """Never raises. The envelope's sender counts only where no header names one."""
    text = cleaned(apart.text)
    text = with_attached(text if text.strip() else html.to_text(apart.html), apart.attachments)
    sender, name = _author(apart)
    told = [(name, value) for name, value in (("From", apart.sender), ("Subject", apart.subject)) if value]
    return Mail(
        sender=sender,
        sender_name=name,
        recipients=addresses(
            (headers.read_mailboxes(apart.to) or apart.mailboxes("to"))
            + (headers.read_mailboxes(apart.cc) or apart.mailboxes("cc"))
        ),
        subject=line(headers.decoded_words(apart.subject or apart.header("subject"))),
        text=text,
        attachments=apart.attachments[:MOST_ATTACHMENTS],
        message_id=headers.message_id(apart.header("message-id")),
        in_reply_to=headers.message_id(apart.header("in-reply-to")),
        date=rfc2822(apart.header("date")),
        left_out=apart.left_out or len(apart.attachments) > MOST_ATTACHMENTS,
        automatic=automatic.of_headers([*told, *apart.headers], apart.envelope_from, text),
    )


def identity(apart: Apart, recipients: Iterable[Address], *bodies: bytes | memoryview) -> str:
    """The id of a mail that brings none to be trusted, as channels.mail.fingerprint has it for a whole one.

    bodies: text and HTML as they came, where `apart` has only the beginning of them. What differs between two
    deliveries of one mail (Received headers, a spam report) doesn't count, nor does the order of recipients.
    """
    stable = sorted((key.lower(), " ".join(value.split())) for key, value in apart.headers if key.lower() in _STABLE)
    groups = (
        [part for pair in stable for part in _encoded(*pair)],
        _encoded(apart.sender, apart.to, apart.cc, apart.subject),
        [sha256(body).digest() for body in bodies or _encoded(apart.text, apart.html)],
        _encoded(*(f"{one.name} {one.media_type} {one.sha256 or one.url}" for one in apart.attachments)),
        _encoded(*sorted({one.value for one in recipients})),
    )
    return digest(digest(group).encode() for group in groups)


def _encoded(*texts: str) -> list[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def _author(apart: Apart) -> tuple[Address | None, str | None]:
    named = [*headers.read_mailboxes(apart.sender), *(one for header in SENDERS for one in apart.mailboxes(header))]
    return author([*named, (None, apart.envelope_from or "")], apart.mailboxes("reply-to"))
