"""The new words of a reply apart from what it quotes.

What is scored is the new text, so a wrong cut could hide an emergency. Hence only a reply is cut: its lines
marked with ">" go, and others only below a line that introduces a quotation and names a time or an address.
What is forwarded stays, since it is new to us; a reply of which nothing would be left stays whole. The full
text is always kept beside it.

Why no library: quotequail and mail-parser-reply take more than linear time on hostile lines, can't tell what is
forwarded from what is answered, and lack some of our languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WINDOW = 1_000
"""Lines in which an introduction is looked for; replies have theirs near the top."""

WIDTH = 200
"""Characters of a line that are looked at; introductions are wrapped long before."""

WRAPPED = 30
"""Characters of the shortest line that a client may have wrapped."""

FORWARDED = "---------- Forwarded message ---------"
"""The line above what is forwarded."""

POINTER = 300
"""Characters of the longest text above a quotation that may say that the answers stand in it."""

_BELOW = re.compile(
    r"\b(?:below|in-?line|in red|in bold|unten|untenstehend|in rot|abajo|más abajo|en rojo|ci-dessous|plus bas|en rouge"
    r"|(?:qui )?sotto|in rosso|(?:a )?baix|més avall|en vermell|abaixo|a vermelho|em vermelho|hieronder|onderstaand"
    r"|in rood|zwischen den zeilen|entre líneas"
    r"|entre linhas|entre línies|tra le righe|entre les lignes|tussen de regels)\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"(?:\bwrote|\bschrieb\b.{0,120}|\bgeschrieben|\ba écrit|\bescribió|\bscritto|\bescriure"
    r"|\bescreveu\b.{0,120}|\bschreef\b.{0,120}|\bgeschreven)\s?:\*?$"
)
_BEGINS = re.compile(r"(?:On|Am|Le|El|Il|Em|Op|A)\b")
_DATED = re.compile(r"(?:19|20)\d\d|\b\d{1,2}[:.h]\d\d\b|@")
_TIMED = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_MAILBOX = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_RULE = re.compile(r"[-_*=\s]{5,}")
_GAP = re.compile(r"\n{3,}")
_ORIGINAL = re.compile(
    r"[-_*\s]{3,}(?:original (?:message|appointment)|urspr(?:ü|ue)ngliche (?:nachricht|mail)|mensaje original"
    r"|message d['’]origine|messaggio originale|missatge original|mensagem original|oorspronkelijk bericht"
    r"|origineel bericht)[-_*\s]{3,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-\s]*(?:begin )?(?:forwarded message|weitergeleitete (?:nachricht|e-mail)|message (?:transféré|réexpédié)"
    r"|mensaje reenviado|messaggio inoltrato|missatge reenviat|mensagem (?:encaminhada|reencaminhada)"
    r"|doorgestuurd bericht)[-:\s]*",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"[*\s]*(from|von|de|da|van|sent|date|gesendet|datum|enviado(?: el| em)?|fecha|envoyé|inviato|data|enviat(?: el)?"
    r"|verzonden|to|an|para|à|a|per a|aan|cc|kopie|subject|betreff|asunto|objet|oggetto|assumpte|assunto|onderwerp)"
    r"\s?:[*\s]*\S",
    re.IGNORECASE,
)
_REPLY_SUBJECT = re.compile(r"\s*(?:re|aw|antw|antwort|rif|r|res|sv)(?:\[\d+\])?\s?:", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|reenv)\s?:", re.IGNORECASE)


def is_reply(subject: str | None, in_reply_to: str | None) -> bool:
    """True for a mail that answers another, by its headers; a forwarded one doesn't."""
    subject = (subject or "")[:100]
    if _FORWARD_SUBJECT.match(subject):
        return False
    return bool(in_reply_to) or _REPLY_SUBJECT.match(subject) is not None


def new_text(text: str) -> str:
    """What the writer of a reply added: `text` itself where nothing is quoted, or nothing else is there."""
    lines = text.split("\n")
    window = [line[:WIDTH].strip() for line in lines[:WINDOW]]
    introduction = _introduction(window)
    if _forwards(window[: introduction[0]] if introduction else window):
        return text.strip()
    if introduction is not None:
        above, below = lines[: introduction[0]], lines[introduction[1] :]
        if not _marked(below) and _points_below(above):
            return text.strip()
        lines = above + below if _marked(below) else _without_rule(above)
    new = "\n".join(line for line in lines if not line.lstrip(" ").startswith(">")).strip()
    return _GAP.sub("\n\n", new) or text.strip()


def _marked(lines: Sequence[str]) -> bool:
    """True where a marked quotation comes first."""
    return next((line for line in lines if line.strip()), "").lstrip().startswith(">")


def _without_rule(lines: list[str]) -> list[str]:
    """Without the rule that a client draws above what it quotes."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _RULE.fullmatch(lines[end - 1][:WIDTH])):
        end -= 1
    return lines[:end]


def _points_below(above: Sequence[str]) -> bool:
    """True where the writer says that the answers stand in what is quoted."""
    said = " ".join(above)
    return len(said) <= POINTER and _BELOW.search(said) is not None


def _forwards(window: Sequence[str]) -> bool:
    return any(_FORWARDED.fullmatch(line) for line in window)


def _introduction(window: Sequence[str]) -> tuple[int, int] | None:
    """First and past-the-last line of the first introduction of a quotation, None where there is none."""
    for at, line in enumerate(window):
        if _ORIGINAL.fullmatch(line) or _quoted_headers(window[at : at + 5]):
            return at, at + 1
        if _INTRODUCES.search(line):
            start = _begins(window, at)
            if start is not None:
                return start, at + 1
        elif line.endswith(":") and _marked(window[at + 1 : at + 4]):
            start = _begins_anywhere(window, at)
            if start is not None:
                return start, at + 1
    return None


def _begins_anywhere(window: Sequence[str], end: int) -> int | None:
    """As `_begins`, for an introduction in any language: a time, an address and a colon above a marked quotation."""
    for start in range(end, max(end - 2, -1), -1):
        told = " ".join(window[start : end + 1])
        if "@" in told and _TIMED.search(told):
            return start
    return None


def _begins(window: Sequence[str], end: int) -> int | None:
    """The line on which the introduction that ends on line `end` begins; None where it is no introduction.

    A client wraps only lines that are long, so a short line above is the writer's own.
    """
    for start in range(end, max(end - 3, -1), -1):
        if start < end and len(window[start]) < WRAPPED and not _MAILBOX.fullmatch(window[start]):
            break
        told = " ".join(window[start : end + 1])
        if _BEGINS.match(told) and _DATED.search(told):
            return start
    return end if _DATED.search(window[end]) else None


def _quoted_headers(lines: Sequence[str]) -> bool:
    """True for a block of a quoted mail's headers, as Outlook puts it: three different ones together."""
    if not _HEADER.match(lines[0]):
        return False
    names = {found[1].lower() for found in map(_HEADER.match, lines) if found}
    return len(names) >= 3
