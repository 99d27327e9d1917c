"""Text read to the letter: words without case, accents or apostrophes, each with its place.

Words are folded one by one, so a span of words is a span of the original's characters, whatever folding did to
their lengths. An English contraction stays one word ("isn't" is "isnt", as people also write it); an elided
article or pronoun is a word of its own ("l'ha" is "l" and "ha"). Digits stand apart from the letters that follow
them ("15g" is "15" and "g"). A full stop, a question mark or a blank line ends a sentence (a stop behind a single
letter doesn't: "e.g."); a comma, an ellipsis, a bracket or a line's end only ends a clause.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

LONG = 64
"""Characters of a word that is not worth remembering: nobody writes it twice, and it takes memory."""

_LETTER = r"[\w\u0300-\u036f\u00ad\u200b-\u200d\u2060]"  # combining marks and invisible joiners belong to the word
_APOSTROPHE = "['’‘`´ʼ＇]"
_PLAIN = rf"[A-Za-z]++(?!{_LETTER}|{_APOSTROPHE})"  # most words; the quickest way to them
_WORD = rf"[0-9]+|{_LETTER}+(?:{_APOSTROPHE}{_LETTER}+)*"
_EMOJI = r"[\u2600-\u27bf\U0001f100-\U0001faff]"
_CLAUSE = r"\.\.+|…|[,:()\[\]\"«»“”–—\r\n]|\s-\s"
_SENTENCE = r"[.!?;¡¿]"
_TOKEN = re.compile(
    rf"(?P<plain>{_PLAIN})|(?P<word>{_WORD})|(?P<emoji>{_EMOJI})|(?P<clause>{_CLAUSE})|(?P<sentence>{_SENTENCE})"
)
_RAW = re.compile(f"{_PLAIN}|{_WORD}|{_EMOJI}|{_CLAUSE}|{_SENTENCE}")
_A_WORD = re.compile(f"{_WORD}|{_EMOJI}")
_SENTENCE_ENDS = frozenset(".!?;¡¿")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_ENDINGS = frozenset({"t", "s", "re", "ve", "ll", "d", "m"})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "_": ""})
_APOSTROPHES = re.compile(_APOSTROPHE)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text. Word i is folded[i], characters [starts[i], ends[i]) of the original.

    sentences, clauses: the number of the sentence and of the clause that a word stands in; both only rise.
    """

    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]


def tokens(text: str) -> Tokens:
    """Reads `text` once; linear in its length."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    clauses: list[int] = []
    sentence = clause = 0
    blank_lines = {match.start() for match in _BLANK_LINE.finditer(text)}

    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "plain":
            start, end = match.span()
            folded.append(text[start:end].lower())
            starts.append(start)
            ends.append(end)
            sentences.append(sentence)
            clauses.append(clause)
        elif kind in {"word", "emoji"}:
            raw, start = match.group(), match.start()
            for part, offset in ((raw, 0),) if raw.isalnum() or kind == "emoji" else _parts(raw):
                word = fold(part) if kind == "word" else part
                if word:
                    folded.append(word)
                    starts.append(start + offset)
                    ends.append(start + offset + len(part))
                    sentences.append(sentence)
                    clauses.append(clause)
        else:
            if match.group() == "." and ends and ends[-1] == match.start() and _is_letter(folded[-1]):
                continue
            clause += 1
            if kind == "sentence" or match.start() in blank_lines:
                sentence += 1
    return Tokens(tuple(folded), tuple(starts), tuple(ends), tuple(sentences), tuple(clauses))


def only_words(text: str) -> tuple[str, ...] | None:
    """The words alone, several times as fast; None where the text may be more than one sentence."""
    raw = _RAW.findall(text)
    while raw and raw[-1] in _SENTENCE_ENDS:
        raw.pop()
    if not _SENTENCE_ENDS.isdisjoint(raw) or ("\n" in text and _BLANK_LINE.search(text)):
        return None
    return tuple(chain.from_iterable(map(_folded, raw)))


def fold(word: str) -> str:
    """One word in lower case, without accents, marks and invisible characters; may come out empty."""
    return _fold(word) if len(word) <= LONG else _fold.__wrapped__(word)


@lru_cache(maxsize=32_768)
def _fold(word: str) -> str:
    if word.isalnum() and word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = "".join(c for c in decomposed if c.isalnum())
    return kept.translate(_LIGATURES)


def _folded(raw: str) -> tuple[str, ...]:
    """The words of one token; none of a mark."""
    return _folded_once(raw) if len(raw) <= LONG else _folded_once.__wrapped__(raw)


@lru_cache(maxsize=32_768)
def _folded_once(raw: str) -> tuple[str, ...]:
    return tokens(raw).folded if _A_WORD.match(raw) else ()


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _parts(raw: str) -> list[tuple[str, int]]:
    """A word with apostrophes as one word (a contraction) or several (elisions), each with its offset."""
    marks = [match.start() for match in _APOSTROPHES.finditer(raw)]
    if not marks or fold(raw[marks[-1] + 1 :]) in _ENDINGS:
        return [(raw, 0)]
    edges = [-1, *marks, len(raw)]
    return [(raw[a + 1 : b], a + 1) for a, b in pairwise(edges)]
