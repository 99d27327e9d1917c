"""Contacts to judge: of a text message's length, a long mail, and texts that were made to take long.

But for plain messages all are made of the rules' own examples, so they grow with the rules, in every language that
those have; they hold more to judge than what people write.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle

from bench.latency.texts import TEXTS
from channels.contact import Contact, Medium
from scoring.rules import load_rules

SMS_CHARACTERS = 160
SENTENCES = (
    "Thank you for looking into it so quickly, we really do appreciate it.",
    "The walk on Tuesday was booked from nine to ten, and the app shows the whole way.",
    "I have attached the invoice and two pictures of the kitchen as you asked.",
    "Our address and the door code are the same as last time.",
    "Please let me know whether you need anything else from us before Friday.",
)
SEED = 1


def contact(text: str, *, medium: Medium = Medium.SMS, subject: str | None = None) -> Contact:
    return Contact(
        provider="bench",
        provider_id="1",
        delivery="1",
        medium=medium,
        subject=subject,
        text=text,
        happened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def messages(count: int) -> list[Contact]:
    """As people write, in several languages; each with a number of its own."""
    return [contact(TEXTS[number % len(TEXTS)].replace("{n}", str(number))) for number in range(count)]


def dense(count: int) -> list[Contact]:
    """Examples put together until a text message is full."""
    found: list[Contact] = []
    held = ""
    for text in cycle(_examples()):
        if len(held) + len(text) >= SMS_CHARACTERS and held:
            found.append(contact(held))
            held = ""
            if len(found) == count:
                break
        held = f"{held} {text}".strip()
    return found


def mail(size: int) -> Contact:
    """A mail of so many bytes that says something once in a while: an answer, with a quote and a signature."""
    chance = random.Random(SEED)
    examples = _examples()
    lines: list[str] = []
    length = 0
    while length < size:
        line = " ".join(chance.choice(SENTENCES) for _ in range(4))
        if chance.random() < 0.05:
            line += f" {chance.choice(examples)}"
        line = f"> {line}" if length > 0.6 * size else line
        lines.append(line)
        length += len(line.encode()) + 1
    text = "\n".join(lines).encode()[:size].decode(errors="ignore")
    return contact(f"{text}\n--\nJane\nDog walker", medium=Medium.EMAIL, subject="Re: the stay in May")


def _words(size: int, of: Callable[[random.Random], str]) -> Contact:
    chance = random.Random(SEED)
    words: list[str] = []
    length = 0
    while length < size:
        words.append(of(chance))
        length += len(words[-1].encode()) + 1
    text = " ".join(words).encode()[:size].decode(errors="ignore")
    return contact(text, medium=Medium.EMAIL, subject="Re: " + text[:200])


def prefixes(size: int) -> Contact:
    """One sentence of beginnings of examples, each broken off before its last word: near matches, and no end."""
    beginnings = [" ".join(text.split()[:-1]) for text in _examples()]
    return _words(size, lambda chance: _bare(chance.choice(beginnings)))


def repeated(size: int) -> Contact:
    """The words that begin the most patterns, over and over."""
    return _words(size, lambda chance: chance.choice(("not really even", "no", "is not", "he had a", "ne", "se ha")))


def misspelled(size: int) -> Contact:
    """Words of the rules with a letter too many, too few, or another one."""
    words = [word for text in _examples() for word in text.split() if len(word) > 4]
    return _words(size, lambda chance: _slipped(chance.choice(words), chance))


def scopes(size: int) -> Contact:
    """Whole examples in one sentence, with what takes them back: every rule, cue and scope speaks everywhere."""
    around = ("not", "what if", "last year", "found her", "no longer", "if", "would have", "all good now")
    examples = _examples()
    return _words(size, lambda chance: f"{chance.choice(around)} {_bare(chance.choice(examples))}")


def unbroken(size: int) -> Contact:
    """One word."""
    return contact("a" * size, medium=Medium.EMAIL, subject="Re: a")


def marks(size: int) -> Contact:
    """No words at all: apostrophes, dashes, quote marks and ends of lines."""
    return contact("'-\n>. @_'’ --\n" * (size // 16), medium=Medium.EMAIL, subject="Re: ''")


HOSTILE: dict[str, Callable[[int], Contact]] = {
    "broken-off beginnings": prefixes,
    "repeated beginnings": repeated,
    "misspelled words": misspelled,
    "scopes everywhere": scopes,
    "one long word": unbroken,
    "marks only": marks,
}


def _examples() -> list[str]:
    found = list(_told())
    random.Random(SEED).shuffle(found)
    return found


def _told() -> Iterator[str]:
    for rule in load_rules().rules:
        yield from rule.examples.fires
        yield from rule.examples.silent


def _bare(text: str) -> str:
    """Without what ends a sentence or a clause."""
    return "".join(char if char.isalnum() or char in " '" else " " for char in text)


def _slipped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    middle = chance.choice(("", word[at] * 2, "x"))
    return word[:at] + middle + word[at + 1 :]
