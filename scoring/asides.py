"""The parts of a mail that aren't its news: what a reply quotes, its subject, and the signature. Rules speak there,
but lower; and what is over there says nothing of the news.

Channels cut quotes from a reply's text already; here is what came in one piece all the same. What is quoted was
read when it came, so it is S3 at most now, and so is the subject that an answer repeats; S2 where nothing but its
"Re:" tells, since people write that for "regarding", too, and news where the text says nearly nothing beside. A
signature is what follows a line `--`, or up to SIGNATURE_LINES short lines behind a closing ("Kind regards"); a job
title is no emergency.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter

from channels.mail.quotes import is_reply, new_text
from scoring.model import Severity
from scoring.rulefile import Scope

QUOTED = Scope(id="quoted.mail", scope="quoted", to=Severity.S3, patterns={"any": (">",)})
SIGNATURE = Scope(id="quoted.signature", scope="quoted", patterns={"any": ("--",)})
REPEATED = Scope(id="quoted.subject", scope="quoted", to=Severity.S2, patterns={"any": ("re",)})
FEW_WORDS = 4
SIGNATURE_LINES = 6
SIGNATURE_WIDTH = 70

_DASHES = re.compile(r"^--[ \t]*$", re.MULTILINE)
_CLOSING = re.compile(
    r"^[ \t]*(?:(?:kind|best|warm|many)? ?regards|best wishes|best|sincerely|yours \w+|thanks|many thanks|cheers"
    r"|un saludo|saludos|atentamente|gracias|cordialement|bien à vous|merci"
    r"|(?:mit )?(?:freundlichen|liebe[n]?|viele) grü(?:ß|ss)en?"
    r"|lg|mfg|cordiali saluti|saluti|grazie|salutacions|atentament|gràcies|atenciosamente|cumprimentos|obrigad[oa]"
    r"|met vriendelijke groet(?:en)?|groet(?:en|jes)?|bedankt"
    r"|(?:sent from|get outlook for|enviado desde|envoyé (?:de|depuis)|inviato da|enviat des|enviado do|verzonden vanaf"
    r"|verstuurd vanaf) [\w' ]{2,30}|von meinem \w{2,20} gesendet)[ ,.!]*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Asides:
    """Character ranges of the text, in order, each with the scope that speaks on what begins in it; the subject's."""

    starts: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int, Scope], ...] = ()
    subject: Scope | None = None

    def at(self, character: int) -> Scope | None:
        """The scope that speaks at a character of the text, or of the subject before it (below 0); None in the news."""
        if character < 0:
            return self.subject
        number = bisect_right(self.starts, character) - 1
        return self.ranges[number][2] if number >= 0 and character < self.ranges[number][1] else None


def asides(subject: str, in_reply_to: str | None, text: str) -> Asides:
    """Quotes and signature of a mail's text, and whether its subject is an old one; linear in its length."""
    reply = is_reply(subject, in_reply_to)
    quoted = _quoted(text) if reply else []
    end = next((start for start, stop, _ in reversed(quoted) if not text[stop:].strip()), len(text))
    closed = signature(text[:end])
    ranges = sorted([*quoted, *([(closed, end, SIGNATURE)] if closed is not None else [])], key=itemgetter(0))
    old = _of_subject(text, answers=bool(quoted or in_reply_to)) if reply else None
    return Asides(tuple(start for start, _, _ in ranges), tuple(ranges), old)


def _of_subject(text: str, *, answers: bool) -> Scope | None:
    if answers:
        return QUOTED
    return REPEATED if len(text.split(None, FEW_WORDS)) > FEW_WORDS else None


def _quoted(text: str) -> list[tuple[int, int, Scope]]:
    """Runs of lines that aren't in the new text."""
    fresh = [line.strip() for line in new_text(text).split("\n") if line.strip()]
    runs: list[tuple[int, int, Scope]] = []
    told = start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if told < len(fresh) and line.strip() == fresh[told]:
            told += 1
        elif line.strip() and runs and not text[runs[-1][1] : start].strip():
            runs[-1] = (runs[-1][0], end, QUOTED)
        elif line.strip():
            runs.append((start, end, QUOTED))
        start = end + 1
    return runs


def signature(text: str) -> int | None:
    """The character where the signature begins, if there is one that is short enough to be nothing else."""
    dashes = _DASHES.search(text)
    if dashes:
        return dashes.end() if _short(text[dashes.end() :]) else None
    closings = [match.end() for match in _CLOSING.finditer(text)]
    for end in closings:
        if _short(text[end:]):
            return end
    return None


def _short(rest: str) -> bool:
    lines = [line for line in rest.splitlines() if line.strip() and not line.lstrip().startswith(">")]
    return len(lines) <= SIGNATURE_LINES and all(
        len(line) <= SIGNATURE_WIDTH and not line.lstrip().lower().startswith(("ps", "p.s")) for line in lines
    )
