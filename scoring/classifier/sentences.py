"""A text as the model reads it: its sentences, without greetings, signature, emoji and case, in no order.

So none of these can change what the model says: who adds a signature to a cry for help, or tells its sentences in
another order, is judged the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_GREETS = frozenset(opening[0] for opening in _OPENINGS)
_PICTURE = re.compile(r"[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """Its words, folded, and which words of the text they are."""

    words: Words
    folded: tuple[str, ...]
    places: Sequence[int]

    @property
    def start(self) -> int:
        """The place of its first character."""
        return self.words.start(self.places[0])

    @property
    def end(self) -> int:
        """The place behind its last character."""
        return self.words.end(self.places[-1])

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
    return range(words.before(text.rfind("\n", 0, end) + 1), words.before(end))


def pictured(word: str) -> bool:
    """Whether a word is an emoji."""
    return _PICTURE.match(word) is not None


def _read(words: Words, count: int, *, greeted: bool) -> tuple[Sentence, ...]:
    """Of the first `count` words. greeted: greetings are left out."""
    found: list[Sentence] = []
    for first, folded in zip(words.firsts, words.sentences, strict=True):
        if first >= count:
            break
        said: tuple[str, ...] = folded[: count - first] if first + len(folded) > count else folded
        places: Sequence[int] = range(first, first + len(said))
        if not "".join(said).isascii() and any(map(pictured, said)):
            places = [place for place in places if not pictured(folded[place - first])]
            said = tuple(folded[place - first] for place in places)
        if greeted and (greeting := _greeting(said)):
            said, places = said[greeting:], places[greeting:]
        if said:
            found.append(Sentence(words, said, places))
    return tuple(found)


def _greeting(said: tuple[str, ...]) -> int:
    """How many of a sentence's words greet."""
    at = 0
    while at < len(said) and (said[at] in _GREETS or (at and said[at] in _OPENED)):
        ahead = said[at : at + _LONGEST]
        length = next((size for size in range(len(ahead), 0, -1) if ahead[:size] in _OPENINGS), 0)
        if not length and at and ahead[0] in _OPENED:
            length = 1
        if not length:
            break
        at += length
    return at
