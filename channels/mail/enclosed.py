"""The words of the mails that a mail encloses: who forwards something has said it, too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

from channels.contact import Attachment
from channels.mail import files, headers
from channels.mail.headers import Mime
from channels.mail.parsing import parsed
from channels.mail.parts import Reading, text_of
from channels.mail.quotes import FORWARDED

DEEPEST = 3
MOST = 10
"""Levels of enclosure, and mails on each, that are read."""


def with_enclosed(text: str, reading: Reading) -> str:
    """`text` and below it the enclosed mails' words, each under a line that says so and who wrote it.

    Of a mail without words it is the enclosed ones' alone.
    """
    found = _found(reading.enclosed)
    if not text.strip():
        return "\n\n".join(said for _, said in found)
    return "\n\n".join([text.rstrip(), *(f"{FORWARDED}\n{_head(message)}\n{said}" for message, said in found)])


def with_attached(text: str, attachments: Collection[Attachment]) -> str:
    """The same for a mail whose parts came one by one: the enclosed mails are files, and so may be all that it says."""
    enclosed = (one.content for one in attachments if one.media_type == "message/rfc822" and one.content)
    whole = with_enclosed(text, Reading(enclosed=[parsed(content)[0] for content in islice(enclosed, MOST)]))
    return whole if whole.strip() else files.in_words(attachments)


def _found(messages: Sequence[Mime]) -> list[tuple[Mime, str]]:
    waiting, found = list(messages), []
    for _ in range(DEEPEST):
        deeper: list[Mime] = []
        for message in waiting[:MOST]:
            inner = Reading()
            said = text_of(message, inner).words.strip("\n")
            said = said if said.strip() else files.in_words(inner.attachments)
            if said:
                found.append((message, said))
            deeper += inner.enclosed
        waiting = deeper
    return found


def _head(message: Mime) -> str:
    told = ((name, headers.text(message, name.lower())) for name in ("From", "Date", "Subject"))
    return "".join(f"{name}: {value}\n" for name, value in told if value)
