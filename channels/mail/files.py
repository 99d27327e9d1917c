"""What the files of a mail say, for a mail that says nothing itself: an invitation, or a note in a file of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from channels.contact import Attachment
from channels.mail import calendars, html
from channels.mail.charsets import decoded
from channels.texts import cleaned

MOST = 5
"""Files that are read."""

LONGEST = 200_000
"""Bytes of each that are read."""

READ: Mapping[str, Callable[[str], str]] = {
    "text/calendar": calendars.in_words,
    "application/ics": calendars.in_words,
    "text/plain": str.strip,
    "text/html": html.to_text,
}
"""How each type of file is made words."""


def in_words(attachments: Iterable[Attachment]) -> str:
    """The words of those files that are text, each told once; empty where there are none."""
    texts = [one for one in attachments if one.media_type in READ and one.content]
    said = (READ[one.media_type](cleaned(decoded((one.content or b"")[:LONGEST]))) for one in texts[:MOST])
    return "\n\n".join(dict.fromkeys(words for words in said if words.strip()))
