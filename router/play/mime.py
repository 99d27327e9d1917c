"""Mails as a mail program sends them by SMTP: MIME, with its own Message-ID and Date."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from random import Random

from router.play.people import Person
from router.play.postmark import OFFICE_MAIL, File
from router.play.sample import Mail


def mail(person: Person, subject: str, text: str, rng: Random, *, at: datetime, files: tuple[File, ...] = ()) -> Mail:
    """A mail by SMTP. files: (name, media type, bytes)."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((person.name, person.email))
    message["To"] = OFFICE_MAIL
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{rng.getrandbits(96):024x}@mail.example.com>"
    message.set_content(text)
    for name, media_type, content in files:
        kind, _, subtype = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    if files:
        message.set_boundary(f"=_{rng.getrandbits(64):016x}")
    return Mail(person.email, (OFFICE_MAIL,), message.as_bytes())
