"""The words of the mails that a mail encloses: who forwards something has said it, too."""

from __future__ import annotations

from collections.abc import Sequence

from channels.mail import calendars, headers
from channels.mail.headers import Mime
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


def _found(messages: Sequence[Mime]) -> list[tuple[Mime, str]]:
    waiting, found = list(messages), []
    for _ in range(DEEPEST):
        inner = Reading()
        for message in waiting[:MOST]:
            said = text_of(message, inner).words.strip("\n") or calendars.of_several(inner.calendars)
            if said.strip():
                found.append((message, said))
        waiting = inner.enclosed
    return found


def _head(message: Mime) -> str:
    told = ((name, headers.text(message, name.lower())) for name in ("From", "Date", "Subject"))
    return "".join(f"{name}: {value}\n" for name, value in told if value)
