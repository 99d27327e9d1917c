"""Text as rules read it: words without case, accents or apostrophes, each with its place in the original.

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
from itertools import pairwise

_LETTER = r"[\w\u0300-\u036f\u00ad\u200b-\u200d\u2060]"  # combining marks and invisible joiners belong to the word
_APOSTROPHE = "['’‘`´ʼ＇]"
_TOKEN = re.compile(
    rf"(?P<plain>[A-Za-z]++(?!{_LETTER}|{_APOSTROPHE}))"  # most words; the quickest way to them
    rf"|(?P<word>[0-9]+|{_LETTER}+(?:{_APOSTROPHE}{_LETTER}+)*)"
    r"|(?P<emoji>[\u2600-\u27bf\U0001f100-\U0001faff])"
    r"|(?P<clause>\.\.+|…|[,:()\[\]\"«»“”–—\r\n]|\s-\s)"
    r"|(?P<sentence>[.!?;¡¿])"
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_ENDINGS = frozenset({"t", "s", "re", "ve", "ll", "d", "m"})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "_": ""})
_APOSTROPHES = re.compile(_APOSTROPHE)


@dataclass(frozen=True)
class Words:
    """The words of one text. Word i is folded[i], characters [starts[i], ends[i]) of the original.

    sentences, clauses: the number of the sentence and of the clause that a word stands in; both only rise.
    questions: the sentences that end with a question mark.
    """

    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    questions: frozenset[int]

    def __len__(self) -> int:
        return len(self.folded)


@lru_cache(maxsize=32_768)
def fold(word: str) -> str:
    """One word in lower case, without accents, marks and invisible characters; may come out empty."""
    if word.isalnum() and word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = "".join(c for c in decomposed if c.isalnum())
    return kept.translate(_LIGATURES)


def words(text: str) -> Words:
    """Reads `text` once; linear in its length."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    clauses: list[int] = []
    questions: set[int] = set()
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
                if match.group() == "?":
                    questions.add(sentence)
                sentence += 1
    return Words(tuple(folded), tuple(starts), tuple(ends), tuple(sentences), tuple(clauses), frozenset(questions))


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _parts(raw: str) -> list[tuple[str, int]]:
    """A word with apostrophes as one word (a contraction) or several (elisions), each with its offset."""
    marks = [match.start() for match in _APOSTROPHES.finditer(raw)]
    if not marks or fold(raw[marks[-1] + 1 :]) in _ENDINGS:
        return [(raw, 0)]
    edges = [-1, *marks, len(raw)]
    return [(raw[a + 1 : b], a + 1) for a, b in pairwise(edges)]
