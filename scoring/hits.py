"""What of the rules' patterns stands in a text, in the languages that it is in.

Scopes and cues speak on what stands near them, and say nothing by themselves. So the whole text is read for what can
change its level, and only the sentences around that for what may take it back: the same hits as of a full reading,
but for those that nobody would ask about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

from scoring.matcher import Hit, find
from scoring.model import Severity
from scoring.rulefile import Rule, Scope
from scoring.rules import Rules
from scoring.surroundings import Surroundings
from scoring.text import Words


def hits(rules: Rules, read: Words, spoken: tuple[str, ...], surroundings: Surroundings | None) -> list[Hit]:
    """In the order of their first words. Without the hits of languages that neither the text is in, nor the words
    around them ("help me" isn't Dutch), and without cues that nothing asks for. spoken: no language stands for all.
    surroundings: of the text; None for the hits of all languages.
    """
    fits = _fitting(rules, spoken, surroundings)
    telling = [hit for hit in find(rules.telling, read, rules.keys_of) if fits(hit)]
    if not any(_decides(rules, hit) for hit in telling):
        return []
    around = find(rules.around, read, rules.keys_of, _sentences(rules, read, telling))
    scopes = [hit for hit in around if rules.entries[hit.rule].cue is None and fits(hit)]
    asked: set[tuple[str, str]] = set()
    for number in {hit.rule for hit in (*telling, *scopes)}:
        asked |= rules.entries[number].asks
    cues = [hit for hit in around if rules.entries[hit.rule].cue in asked and fits(hit)]
    return sorted((*telling, *scopes, *cues), key=attrgetter("start"))


def _decides(rules: Rules, hit: Hit) -> bool:
    what = rules.entries[hit.rule].what
    return isinstance(what, Rule) or (isinstance(what, Scope) and what.scope == "resolution")


def _sentences(rules: Rules, read: Words, telling: Iterable[Hit]) -> list[int]:
    """Those that hold a hit, and those in which a rule's cue may stand."""
    found: set[int] = set()
    for hit in telling:
        what = rules.entries[hit.rule].what
        reach = what.within if isinstance(what, Rule) and (what.near or what.unless) else 0
        first = read.sentence(max(hit.start - reach, 0))
        last = read.sentence(min(hit.end + reach, len(read)) - 1) if reach else first
        found.update(range(first, last + 1))
    return sorted(found)


def _fitting(rules: Rules, spoken: tuple[str, ...], around: Surroundings | None) -> Callable[[Hit], bool]:
    """People mix languages, so the words around a hit may speak for it against the whole text; and for an S1 its own
    sentence, so that a cry in another language is heard in a long text. In a greeting nothing makes a text milder.
    """
    if around is None:
        return lambda _: True

    def fits(hit: Hit) -> bool:
        entry = rules.entries[hit.rule]
        level = entry.what.severity if isinstance(entry.what, Rule) else None
        if (isinstance(entry.what, Scope) or level in (Severity.S3, Severity.S4)) and around.greets(hit.start):
            return False
        language = entry.language
        if not spoken or language == "any" or language in spoken:
            return True
        possible = around.of(hit.start)
        return (
            possible is None
            or language in possible
            or (level is Severity.S1 and language in (around.of_sentence(hit.start) or ()))
        )

    return fits
