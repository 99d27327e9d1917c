"""What stands around a rule's words and takes back what they say, or lowers it (rubric, rules 1, 2, 3 and 6).

Every scope marks the words, the sentence or the text that it speaks on; a rule's words then ask what was marked
where they stand. So the time stays linear in the number of hits.

A negation whose words belong to a rule ("not breathing") is that rule's, and negates nothing else. A resolution
that is itself negated ("haven't found her") or hypothetical ("if found, call") is none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.matcher import Hit
from scoring.rulefile import Cue, Rule, Scope
from scoring.rules import Entry, Rules
from scoring.text import Words

SAME_BREATH = 12
"""So many words after "he is fine now" still tell what it was: a call's transcript has no full stops."""

ORDER = ("figure", "hypothesis", "past", "negation", "resolution", "quoted")
"""The scope that is named where several speak on the same words."""


@dataclass(frozen=True)
class Finding:
    """A rule's words, and the scope that spoke on them, if one did."""

    rule: Rule
    start: int
    end: int
    scope: Scope | None = None


@dataclass(frozen=True)
class Resolution:
    """Words that say that it is over."""

    scope: Scope
    start: int
    end: int


class _Marks:
    """Where scopes speak: on single words, on words that end there, on a sentence, or on all before a word."""

    def __init__(self) -> None:
        self.scopes: dict[str, Scope] = {}
        self.words: dict[int, set[str]] = defaultdict(set)
        self.ends: dict[int, set[str]] = defaultdict(set)
        self.sentences: dict[int, dict[str, int]] = defaultdict(dict)
        self.before: dict[str, int] = {}

    def on(self, hit: Hit, sentence: int) -> list[Scope]:
        """Every scope that speaks on the words of `hit`."""
        found = {name for word in range(hit.start, hit.end) for name in self.words.get(word, ())}
        found.update(self.ends.get(hit.end - 1, ()))
        found.update(name for name, since in self.sentences.get(sentence, {}).items() if hit.start >= since)
        found.update(name for name, until in self.before.items() if hit.start < until)
        return [self.scopes[name] for name in found]

    def add(self, scope: Scope, hit: Hit, words: Words, cues: _Cues) -> None:
        self.scopes[scope.id] = scope
        sentence = words.sentence(hit.start)
        match scope.reach:
            case "over":
                for word in range(hit.start, hit.end):
                    self.words[word].add(scope.id)
            case "next":
                stop, clause = cues.words(scope.until), words.clause(hit.end - 1)
                for word in range(hit.end, min(hit.end + scope.words, len(words))):
                    if words.clause(word) != clause or word in stop:
                        break
                    self.words[word].add(scope.id)
            case "previous":
                clause = words.clause(hit.start)
                for word in range(hit.start - 1, max(hit.start - 1 - scope.words, -1), -1):
                    if words.clause(word) != clause:
                        break
                    self.ends[word].add(scope.id)
            case "rest":
                since = self.sentences[sentence]
                since[scope.id] = min(since.get(scope.id, hit.start), hit.start)
            case "sentence":
                self.sentences[sentence][scope.id] = 0
            case "earlier":
                end = min(words.firsts[sentence] + len(words.sentences[sentence]), hit.end + SAME_BREATH)
                self.before[scope.id] = max(self.before.get(scope.id, 0), end)
            case "text":
                self.before[scope.id] = len(words)


class _Cues:
    """Where cues stand, by language, to ask whether one is near."""

    def __init__(self, hits: Iterable[tuple[Entry, Hit]], words: Words) -> None:
        self.at: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.in_sentence: set[tuple[str, int]] = set()
        self._words: dict[tuple[str, ...], frozenset[int]] = {}
        for entry, hit in hits:
            self.at[entry.what.id, entry.language].append(hit.start)
            self.in_sentence.add((entry.what.id, words.sentence(hit.start)))

    def near(self, cues: Sequence[str], language: str, hit: Hit, within: int) -> bool:
        """True if one of `cues`, in that language, begins within so many words of the hit."""
        places = (self.at.get((cue, each), ()) for cue in cues for each in (language, "any"))
        return any(_between(place, hit.start - within, hit.end + within) for place in places)

    def sentence(self, cues: Sequence[str], sentence: int) -> bool:
        return any((cue, sentence) in self.in_sentence for cue in cues)

    def words(self, cues: tuple[str, ...]) -> frozenset[int]:
        """The words at which one of `cues` begins, in any language."""
        if cues not in self._words:
            self._words[cues] = frozenset(at for (cue, _), places in self.at.items() if cue in cues for at in places)
        return self._words[cues]


def _between(places: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(places, low)
    return at < len(places) and places[at] < high


def judge(rules: Rules, words: Words, hits: Sequence[Hit]) -> tuple[list[Finding], list[Resolution]]:
    """Each rule's words with the scope that speaks on them; and what says that it is over."""
    entries = [(rules.entries[hit.rule], hit) for hit in hits]
    cues = _Cues(((entry, hit) for entry, hit in entries if isinstance(entry.what, Cue)), words)
    said = _said(entries, cues)
    scopes = _live(entries, said, cues, words)
    marks = _Marks()
    for scope, hit in scopes:
        if scope.scope != "resolution":
            marks.add(scope, hit, words, cues)
    resolutions = [
        (scope, hit)
        for scope, hit in scopes
        if scope.scope == "resolution"
        and (scope.short is None or len(words) <= scope.short or any(_of(scope, rule) for rule, _ in said))
        and not any(
            other.scope in ("negation", "hypothesis") and not other.of
            for other in marks.on(hit, words.sentence(hit.start))
        )
    ]
    for scope, hit in resolutions:
        marks.add(scope, hit, words, cues)
    findings = [
        Finding(rule, hit.start, hit.end, _scope_on(rule, marks.on(hit, words.sentence(hit.start))))
        for rule, hit in said
    ]
    return findings, [Resolution(scope, hit.start, hit.end) for scope, hit in resolutions]


def _said(entries: Iterable[tuple[Entry, Hit]], cues: _Cues) -> list[tuple[Rule, Hit]]:
    """Rules whose cues hold; of one rule's overlapping hits the first and longest."""
    found: list[tuple[Rule, Hit]] = []
    last: dict[str, int] = {}
    for entry, hit in entries:
        rule = entry.what
        if not isinstance(rule, Rule) or hit.end <= last.get(rule.id, 0):
            continue
        if rule.near and not cues.near(rule.near, entry.language, hit, rule.within):
            continue
        if rule.unless and cues.near(rule.unless, entry.language, hit, rule.within):
            continue
        last[rule.id] = hit.end
        found.append((rule, hit))
    return found


def _live(
    entries: Iterable[tuple[Entry, Hit]], said: Iterable[tuple[Rule, Hit]], cues: _Cues, words: Words
) -> list[tuple[Scope, Hit]]:
    """Scopes that nothing silences."""
    taken = {word for _, hit in said for word in range(hit.start, hit.end)}
    found = [(entry.what, hit) for entry, hit in entries if isinstance(entry.what, Scope)]
    void = {word for scope, hit in found if scope.scope == "none" for word in range(hit.start, hit.end)}
    live = []
    for scope, hit in found:
        span = range(hit.start, hit.end)
        if scope.scope == "none" or (scope.scope != "figure" and any(word in void for word in span)):
            continue
        if scope.scope == "negation" and any(word in taken for word in span):
            continue
        if scope.unless and cues.sentence(scope.unless, words.sentence(hit.start)):
            continue
        live.append((scope, hit))
    return live


def _scope_on(rule: Rule, spoken: Iterable[Scope]) -> Scope | None:
    speaking = [scope for scope in spoken if scope.scope not in rule.ignores and _of(scope, rule)]
    return min(speaking, key=lambda scope: (ORDER.index(scope.scope), scope.id), default=None)


def _of(scope: Scope, rule: Rule) -> bool:
    return not scope.of or any(rule.id.startswith(begin) for begin in scope.of)
