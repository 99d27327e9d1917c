"""A text as the model reads it: its sentences, without greeting, signature, emoji and case, in no order.

So none of these can change what the model says: who adds a signature to a cry for help, or tells its sentences in
another order, is judged the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoring.asides import signature
from scoring.text import Words

_GREETING = frozenset(
    """
    hi hello hey hiya dear good morning afternoon evening day all everyone team sir madam there to whom it may concern
    hola buenas buenos dias tardes noches estimados estimado estimada equipo bon dia bona tarda nit benvolguts
    bonjour bonsoir salut coucou madame monsieur mesdames messieurs l chere cher equipe
    hallo guten tag morgen abend moin servus liebes liebe lieber sehr geehrte damen und herren
    ciao buongiorno buonasera salve gentile gentili a tutti
    ola bom boa noite prezados prezado caro cara caros
    goedemorgen goedemiddag goedenavond hoi beste
    """.split()  # noqa: SIM905 - read as the lists of words that they are
)
"""Words that open a message without saying anything, folded as `scoring.text` folds."""

_PICTURE = re.compile(r"[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]")


@dataclass(frozen=True)
class Sentence:
    """Its words, folded, which words of the text they are, and its characters [start, end)."""

    folded: tuple[str, ...]
    places: tuple[int, ...]
    start: int
    end: int

    def written(self, text: str) -> str:
        """As the encoder reads it: in lower case, without pictures, blanks made one."""
        return " ".join(_PICTURE.sub(" ", text[self.start : self.end]).lower().split())


def sentences(text: str, words: Words) -> tuple[Sentence, ...]:
    """In the text's order; without a greeting at its beginning and a signature at its end. Linear in the text."""
    cut = signature(text)
    count = len(words)
    if cut is not None:
        while count and words.starts[count - 1] >= cut:
            count -= 1
    first = _behind_greeting(words, count)
    found: list[Sentence] = []
    while first < count:
        last = first + 1
        while last < count and words.sentences[last] == words.sentences[first]:
            last += 1
        places = tuple(place for place in range(first, last) if not _PICTURE.match(words.folded[place]))
        if places:
            folded = tuple(words.folded[place] for place in places)
            found.append(Sentence(folded, places, words.starts[first], words.ends[last - 1]))
        first = last
    return tuple(found)


def _behind_greeting(words: Words, count: int) -> int:
    """The first word that is no greeting; 0 where there is nothing else."""
    at = 0
    while at < count and (words.folded[at] in _GREETING or _PICTURE.match(words.folded[at])):
        at += 1
    return at if at < count else 0
