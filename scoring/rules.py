"""The rule set in force: every file of scoring/rules, checked and made into one tree, once.

`load_rules()` reads the package's own files; it is cached, and nothing else here touches a disk. The version is
the hash of those files, so that a replay knows which rules spoke. What asks what other rules would have said, a
replay or a team that changes one, judges `under` them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scoring.anchors import keys_in
from scoring.language import OURS
from scoring.matcher import Matcher, matcher
from scoring.patterns import BadPattern, Row, forget
from scoring.patterns import parse as parse_pattern
from scoring.rulefile import BadRules, Cue, File, Language, Rule, Scope, parse, read
from scoring.spelling import Keys, keys_of
from scoring.tokens import fold

FOLDER = Path(__file__).with_name("rules")


@dataclass(frozen=True, eq=False)
class Entry:
    """A rule, scope or cue in one language: what a hit's number stands for.

    asks: of a rule or scope, the cues (with a language) whose places it asks for. cue: of a cue, itself as such.
    """

    what: Rule | Scope | Cue
    language: Language
    asks: frozenset[tuple[str, str]] = frozenset()
    cue: tuple[str, str] | None = None

    @classmethod
    def of(cls, what: Rule | Scope | Cue, language: Language) -> Entry:
        spoken: tuple[str, ...] = (language, "any")
        match what:
            case Cue():
                return cls(what, language, cue=(what.id, language))
            case Rule():
                cues = (*what.near, *what.unless)
            case Scope():
                spoken, cues = ("any", *OURS), (*what.unless, *what.until)
        return cls(what, language, asks=frozenset((cue, each) for cue in cues for each in spoken))


@dataclass(frozen=True, eq=False)
class Rules:
    """version: "rules-" and 12 hex digits. entries: by the number in a hit. keys_of: of a folded word.

    telling: the patterns that can change a level by themselves or for the whole text. around: the others, cues and
    scopes that speak on what stands near them; they say nothing where nothing tells.
    """

    version: str
    rules: tuple[Rule, ...]
    entries: tuple[Entry, ...]
    telling: Matcher
    around: Matcher
    keys_of: Callable[[str], Keys]


_others: ContextVar[Rules | None] = ContextVar("other rules", default=None)


def load_rules() -> Rules:
    """The rules in force. Raises BadRules with the file, the rule and the field that is wrong."""
    return _others.get() or _our_own()


@lru_cache(maxsize=1)
def _our_own() -> Rules:
    return rules_of(read(FOLDER))


@contextmanager
def under(rules: Rules) -> Iterator[None]:
    """Within it these rules are in force, for whoever is called from there."""
    before = _others.set(rules)
    try:
        yield
    finally:
        _others.reset(before)


def rules_of(contents: dict[str, bytes]) -> Rules:
    """The rule set of these files by name. Raises BadRules."""
    files = {name: parse(name, content) for name, content in contents.items()}
    digest = hashlib.sha256(b"".join(b"%s\0%d\0%s" % (n.encode(), len(c), c) for n, c in contents.items()))
    _check_names(files)
    classes = _classes(files)
    entries: list[Entry] = []
    found: list[tuple[int, tuple[Row, ...]]] = []
    for name, file in files.items():
        all_of_it: tuple[Rule | Scope | Cue, ...] = (*file.rules, *file.scopes, *file.cues)
        for entry in all_of_it:
            for language, patterns in entry.patterns.items():
                number = len(entries)
                entries.append(Entry.of(entry, language))
                for pattern in patterns:
                    found.append((number, _rows(classes, language, pattern, name, entry.id)))
    forget()
    return Rules(
        version=f"rules-{digest.hexdigest()[:12]}",
        rules=tuple(rule for file in files.values() for rule in file.rules),
        entries=tuple(entries),
        telling=matcher([(number, rows) for number, rows in found if _tells(entries[number].what)]),
        around=matcher([(number, rows) for number, rows in found if not _tells(entries[number].what)]),
        keys_of=_keys(files, classes, found),
    )


def _tells(what: Rule | Scope | Cue) -> bool:
    if isinstance(what, Scope):
        return what.scope == "resolution" or what.reach in ("earlier", "text")
    return isinstance(what, Rule)


@dataclass(frozen=True)
class _Classes:
    """members: rows of a class by (class, language), its single words under one key."""

    members: dict[tuple[str, str], tuple[Row, ...]]
    keys: dict[str, tuple[str, ...]]

    def expander(self, language: Language) -> Callable[[str], tuple[Row, ...]]:
        def expand(name: str) -> tuple[Row, ...]:
            own = self.members.get((name, language), ())
            common = self.members.get((name, "any"), ())
            if not own and not common:
                raise BadPattern(f"<{name}> has no words in {language}")
            return (*own, *common)

        return expand


def _classes(files: dict[str, File]) -> _Classes:
    members: dict[tuple[str, str], tuple[Row, ...]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for name, file in files.items():
        for label, by_language in file.classes.items():
            for language, patterns in by_language.items():
                key = f"<{label}@{language}"
                several: list[Row] = []
                for pattern in patterns:
                    for row in _rows(None, language, pattern, name, f"class {label}"):
                        word = row[0] if len(row) == 1 else None
                        if not isinstance(word, str):
                            several.append(row)
                        elif word.endswith("*"):
                            raise BadRules(name, f"class {label}", language, f"expected whole words, not {word!r}")
                        else:
                            keys[word] = (*keys.get(word, ()), key)
                members[label, language] = ((key,), *several)
    return _Classes(members, keys)


def _rows(classes: _Classes | None, language: Language, pattern: str, file: str, what: str) -> tuple[Row, ...]:
    def no_class(name: str) -> tuple[Row, ...]:
        raise BadPattern("a class can't hold a class")

    try:
        return parse_pattern(pattern, classes.expander(language) if classes else no_class)
    except BadPattern as error:
        raise BadRules(file, what, f"patterns.{language} {pattern!r}", str(error)) from None


def _keys(files: dict[str, File], classes: _Classes, found: list[tuple[int, tuple[Row, ...]]]) -> Callable[[str], Keys]:
    literal = {key for _, rows in found for row in rows for key in keys_in(row) if key[0] != "<"}
    known = {word: (word,) for word in literal if not word.endswith("*")}
    prefixes = {word[:-1] for word in literal if word.endswith("*")}
    for word, keys in classes.keys.items():
        known[word] = (*known.get(word, ()), *keys)
    misspelled = frozenset(fold(word) for file in files.values() for word in file.misspelled)
    spelled_right = frozenset(fold(word) for file in files.values() for word in file.spelled_right)
    return keys_of(known, frozenset(prefixes), misspelled, spelled_right)


def _check_names(files: dict[str, File]) -> None:
    """Ids are unique, and what rules and scopes ask for exists."""
    seen: set[str] = set()
    cues = {cue.id for file in files.values() for cue in file.cues}
    rules = [rule.id for file in files.values() for rule in file.rules]
    for name, what, asked, prefixes in _asked(files):
        if what in seen:
            raise BadRules(name, what, "id", "there is another entry with this id")
        seen.add(what)
        for cue in asked:
            if cue not in cues:
                raise BadRules(name, what, cue, "there is no such cue")
        for prefix in prefixes:
            if not any(rule.startswith(prefix) for rule in rules):
                raise BadRules(name, what, "of", f"no rule's id begins with {prefix!r}")


def _asked(files: dict[str, File]) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    for name, file in files.items():
        for rule in file.rules:
            yield name, rule.id, (*rule.near, *rule.unless), ()
        for scope in file.scopes:
            yield name, scope.id, (*scope.unless, *scope.until), scope.of
        for cue in file.cues:
            yield name, cue.id, (), ()
