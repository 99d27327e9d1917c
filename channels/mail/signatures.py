"""The words of a mail apart from the signature below them.

What is scored is what is left, so a wrong cut could hide an emergency. Hence a signature is cut only at the very
end, and only where each of its lines is of a kind that tells nothing: a name, a title, a number, an address, what a
telephone puts below by itself. A sentence below a delimiter stays, and so does everything above it. The full text is
always kept beside it.

Why no library: none tells a sentence below a delimiter from a name, and they know English alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

LONGEST = 12
"""Lines of a signature that is cut."""

WIDTH = 100
"""Characters of the longest line that is cut."""

NAMED = 4
WORDS = 7
"""Words of the longest name, and of the longest line of names and titles set apart by signs, that is cut."""

MOST = 4
"""Signatures below each other that are cut: a telephone's below one's own, a company's below both."""

_DEVICE = (
    r"(?:i ?phone|i ?pad|i ?pod|apple watch|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|oneplus|pixel|nokia"
    r"|motorola|fairphone|sony|xperia|htc|windows|outlook|hotmail|yahoo|gmail|aol|gmx|web\.de|mail|e-mail|mailbox|protonmail|proton"
    r"|thunderbird|sparrow|spark|bluemail|phone|smartphone|cell|cellphone|mobile|handheld|tablet|device|handy|telefon"
    r"|mobiltelefon|móvil|mòbil|mobiel|telefoon|téléphone|portable|tablette|tableta|tauleta|telemóvel|celular|telemòbil"
    r"|cellulare|telefonino|telefono|teléfono|telèfon|telefone|dispositivo|dispositiu|gerät|toestel|appareil|mobil|ios|mac)"
)
_JOINED = r"(?:for|on|from|using|with|für|mit|auf|para|con|en|pour|sur|avec|per|su|com|no|amb|a|voor|op|met|by|and|my)"
_TAIL = rf"(?:[\w'’.®™+-]{{1,20}} ){{0,3}}{_DEVICE}(?:,? (?:{_JOINED} )?(?:{_DEVICE}|[\w.-]*\d[\w.+-]*|app|ios|lite))*"
_BY_ITSELF = re.compile(
    rf"(?:sent (?:from|via|with|using|by) (?:my |the |an? )?{_TAIL}"
    rf"|(?:von|vom|aus) (?:meinem|meiner|mein) {_TAIL} (?:gesendet|geschickt|versendet)"
    rf"|(?:gesendet|versendet) (?:von|vom|mit|aus|über) "
    rf"(?:meinem |meiner |der |dem )?{_TAIL}"
    rf"|diese nachricht wurde (?:von|mit) (?:meinem |der )?{_TAIL} gesendet"
    rf"|enviado (?:desde|do|da|a partir do|a partir de|pelo|con|com) (?:(?:mi|el|la|meu|minha|o|a|um|uma|un) )?{_TAIL}"
    rf"|enviat (?:des (?:del|de|d['’]un)|amb) (?:(?:el|la|meu|meva|l['’]) ?){{0,2}}{_TAIL}"
    rf"|envoyé (?:de|depuis|à partir de|avec|par) (?:(?:mon|ma|un|l['’]) ?)?{_TAIL}"
    rf"|inviato (?:da|dal|con|dalla) (?:(?:mio|mia|il|un) )?{_TAIL}"
    rf"|(?:verstuurd|verzonden|gestuurd) (?:vanaf|vanuit|met|via|van) (?:(?:mijn|een) )?{_TAIL}"
    r"|(?:get|holen sie sich|laden sie|obtener|obtén|obteniu|télécharger|obtenez|scarica|ottieni|obter o|obtenha o"
    r"|download) outlook (?:for|für|para|pour|per|voor|a|al) (?:ios|android|mac|windows)(?: herunter)?"
    r"|outlook voor (?:ios|android) (?:downloaden|ophalen))[.!]?"
)

_LINK = re.compile(r" ?[<(\[]https?://[^\s<>()\[\]]+[>)\]]$")
_DELIMITER = re.compile(r"(?:--|—|__)")
_LIST_RULE = re.compile(r"_{20,60}")
_LIST_NAME = re.compile(r"[\w.-]{1,60} mailing list")
_RULE = re.compile(r"[-_=*~ ]{2,}")
_CONTACT = re.compile(
    r"[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,}|(?:https?://|www\.)\S+|\+?\(?\d[\d ()./-]{5,}\d", re.IGNORECASE
)
_LABEL = re.compile(
    r"(?:t|m|f|p|e|w|tel|telefon|telefono|teléfono|telèfon|téléphone|telefone|telefoon|tfn|phone|mob|mobil|mobile|mobiel|móvil"
    r"|mòbil|cell|cel|fax|office|direct|home|work|web|website|site|e-?mail|mail|correo|skype|http|twitter|x)"
)
_SMALL = re.compile(
    r"(?:of|and|the|for|at|in|on|to|de|la|le|les|du|des|del|della|di|da|do|dos|das|el|y|e|i|et|und|von|van|der|den|zu|en)"
)
_SAYS = re.compile(
    r"i|he|she|it|we|they|you|my|his|her|our|their|your|me|him|us|them|is|are|was|were|has|have|had|am|be|been|not|no|can"
    r"|mi|mis|su|sus|se|me|ha|han|he|está|están|es|son|hay|un|una|al|lo|mon|ma|mes|sa|ses|il|elle|on|est|sont|a|ont|ne|pas"
    r"|mein|meine|meinen|sein|seine|ihr|ihre|er|sie|ist|sind|hat|haben|war|nicht|kein|keine|ein|eine|wird|im"
    r"|mio|mia|suo|sua|è|sono|hanno|non|nel|meu|meva|minha|seu|seva|és|són|ens|em|é|são|estão|tem|não|foi|no|na"
    r"|mijn|zijn|haar|hij|zij|ze|het|heeft|hebben|niet|geen|een|ich|wurde"
    r"|wurden|sta|té|està|o|nous|vous|\w+['’]\w{1,2}|[sldnmt]['’]\w+"
)
"""Words of sentences, not of names and titles: a line with one of them tells something, however it is written."""

_SEPARATED = re.compile(r"[|·•,/@&]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def without_signature(text: str, names: Collection[str] = ()) -> str:
    """`text` without the signature at its end; as it is where none is sure, or nothing else would be left.

    names: words of the writer's own name and address, in lower case.
    """
    lines = text.rstrip().split("\n")
    for _ in range(MOST):
        shorter = _shorter(lines, names)
        if shorter is None:
            break
        lines = shorter
    return "\n".join(lines)


def words_of(*texts: str | None) -> frozenset[str]:
    """The words of names and addresses, as `without_signature` takes them."""
    return frozenset(word for text in texts for word in _WORD.findall((text or "").lower()))


def _shorter(lines: Sequence[str], names: Collection[str]) -> list[str] | None:
    """What stands above the last signature; None where there is none that may be cut."""
    if _by_itself(lines[-1]):
        return _above(lines, len(lines) - 1)
    for start in range(len(lines) - 1, max(len(lines) - 1 - LONGEST, 0), -1):
        line = lines[start].rstrip("\r")
        below = lines[start + 1 :]
        if _DELIMITER.fullmatch(line.strip()):
            return _above(lines, start) if _delimited(line, below, names) else None
        if _LIST_RULE.fullmatch(line.strip()) and _of_list(below):
            return _above(lines, start)
        if not line.strip() and _block(below, names):
            return _above(lines, start)
    return None


def _above(lines: Sequence[str], end: int) -> list[str] | None:
    above = list(lines[:end])
    while above and not above[-1].strip():
        above.pop()
    return above or None


def _by_itself(line: str) -> bool:
    line = _LINK.sub("", line[: 2 * WIDTH].strip()).strip("*_ ")
    return len(line) <= WIDTH and _BY_ITSELF.fullmatch(line.lower()) is not None


def _delimited(delimiter: str, below: Sequence[str], names: Collection[str]) -> bool:
    """True for a signature below its delimiter: "-- " says so; without the space some line must (RFC 3676, 4.3)."""
    if not all(_harmless(line, names) for line in below):
        return False
    return delimiter == "-- " or any(_reachable(line) or _named(line, names) for line in below)


def _block(lines: Sequence[str], names: Collection[str]) -> bool:
    """True for the writer's own name and below it how to reach them, without any delimiter."""
    said = [line for line in lines if line.strip()]
    if len(said) < 2 or not _named(said[0], names):
        return False
    return all(_harmless(line, names) for line in said) and any(map(_reachable, said))


def _of_list(lines: Sequence[str]) -> bool:
    """True for a mailing list's footer: its name, and where to write and look."""
    said = [line[:WIDTH] for line in lines if line.strip()]
    named = [line for line in said if _LIST_NAME.fullmatch(line.strip().lower())]
    return bool(named) and all(line in named or _CONTACT.fullmatch(line.strip()) for line in said)


def _named(line: str, names: Collection[str]) -> bool:
    """True for a line with the writer's own name."""
    return any(word in names for word in _WORD.findall(line[:WIDTH].lower())) and _harmless(line, names)


def _reachable(line: str) -> bool:
    return len(line) <= WIDTH and _CONTACT.search(line) is not None


def _harmless(line: str, names: Collection[str]) -> bool:
    """True for a line that tells nothing but who writes and how to reach them."""
    line = line.strip()
    if not line or _RULE.fullmatch(line) or _by_itself(line):
        return True
    if len(line) > WIDTH or line.endswith(("!", "?")):
        return False
    rest = _CONTACT.sub(" ", line)
    words = _WORD.findall(rest)
    if len(words) > (WORDS if _SEPARATED.search(rest) else NAMED) or (len(words) > 1 and rest.isupper()):
        return False
    if any(_SAYS.fullmatch(word.lower()) for word in words):
        return False
    reached = rest != line
    return all(
        word.lower() in names
        or _SMALL.fullmatch(word.lower()) is not None
        or (reached and _LABEL.fullmatch(word.lower()) is not None)
        or (word[:1].isupper() and not (reached and len(words) > 4))
        for word in words
    )
