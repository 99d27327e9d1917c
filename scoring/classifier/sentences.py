"""A text as the model reads it: its sentences, without greetings, signature, emoji and case, in no order.

So none of these can change what the model says: who adds a signature to a cry for help, or tells its sentences in
another order, is judged the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from scoring.asides import signature
from scoring.text import Words

_OPENINGS = frozenset(
    tuple(opening.split())
    for opening in """
    hi, hello, hey, hiya, dear, good morning, good afternoon, good evening, good day, to whom it may concern
    hola, buenas, buenos dias, buenas tardes, buenas noches, estimados, estimadas, estimado, estimada
    bon dia, bona tarda, bona nit, benvolguts, benvolgut, benvolguda
    bonjour, bonsoir, salut, coucou, madame, monsieur, mesdames, messieurs, chere equipe, cher equipe
    hallo, guten tag, guten morgen, guten abend, servus, moin, liebes, liebe, lieber, sehr geehrte, sehr geehrter
    ciao, buongiorno, buonasera, salve, gentile, gentili
    ola, bom dia, boa tarde, boa noite, prezados, prezadas, prezado, prezada, caros, caro, cara
    hoi, goedemorgen, goedemiddag, goedenavond, goedendag, beste
    """.replace("\n", ",").split(",")
    if opening.strip()
)
"""What opens a message without saying anything, folded as `scoring.text` folds."""

_OPENED = frozenset(
    """
    there all everyone team sir madam again a tutti todos equipo equip equipe l zusammen damen und herren
    monsieur madame morning afternoon evening allemaal
    """.split()  # noqa: SIM905 - read as the list of words that it is
)
"""Words that go on with an opening ("hello there")."""

_LONGEST = max(map(len, _OPENINGS))
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


def sentences(words: Words, closed: range) -> tuple[Sentence, ...]:
    """In the text's order, each without a greeting, and without closing and signature. Linear in the text.

    closed: as `closing` says.

    A text that is nothing but these is read as it is.
    """
    return _read(words, closed.start, greeted=True) or _read(words, len(words), greeted=False)


def closing(text: str, words: Words) -> range:
    """The words of the line that closes the text ("Kind regards"); the signature follows it. Empty where none does."""
    end = signature(text)
    if end is None:
        return range(len(words), len(words))
    first = bisect_left(words.starts, text.rfind("\n", 0, end) + 1)
    return range(first, bisect_left(words.starts, end))


def pictured(word: str) -> bool:
    """Whether a word is an emoji."""
    return _PICTURE.match(word) is not None


def _read(words: Words, count: int, *, greeted: bool) -> tuple[Sentence, ...]:
    """Of the first `count` words. greeted: greetings are left out."""
    found: list[Sentence] = []
    first = 0
    while first < count:
        last = first + 1
        while last < count and words.sentences[last] == words.sentences[first]:
            last += 1
        places = tuple(place for place in range(first, last) if not pictured(words.folded[place]))
        if greeted:
            places = places[_greeting(words, places) :]
        if places:
            folded = tuple(words.folded[place] for place in places)
            found.append(Sentence(folded, places, words.starts[places[0]], words.ends[places[-1]]))
        first = last
    return tuple(found)


def _greeting(words: Words, places: tuple[int, ...]) -> int:
    """How many of a sentence's words greet."""
    at = 0
    while at < len(places):
        ahead = tuple(words.folded[place] for place in places[at : at + _LONGEST])
        length = next((size for size in range(len(ahead), 0, -1) if ahead[:size] in _OPENINGS), 0)
        if not length and at and ahead[0] in _OPENED:
            length = 1
        if not length:
            break
        at += length
    return at
