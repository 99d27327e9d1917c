"""The shapes of the files under scoring/rules: rules, scopes, cues and classes of words. Data, checked at load."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.errors import Problem
from scoring.model import Severity, Skill

Language = Literal["any", "en", "es", "fr", "de", "it", "ca", "pt", "nl"]
Patterns = dict[Language, tuple[str, ...]]
ScopeName = Literal["negation", "resolution", "past", "hypothesis", "figure", "quoted"]
Reach = Literal["over", "next", "previous", "rest", "sentence", "earlier", "text"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it: ten times faster


class BadRules(Problem):
    """A file under scoring/rules can't be used."""

    def __init__(self, file: str, what: str, field: str, expected: str) -> None:
        super().__init__(f"{file}: {what}: {field}: {expected}")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Examples(_Strict):
    """Texts in which the rule must speak, and texts in which it must not (or only as lowered)."""

    fires: tuple[str, ...] = Field(min_length=1)
    silent: tuple[str, ...] = Field(min_length=1)


class Rule(_Strict):
    """One concept. S1 makes a floor.

    skills: further ones. near: cues, one of which must stand within `within` words. unless: cues, none of which
    may. ignores: scopes that don't speak on it. quiets: what only S2 and S3 rules said besides is noise (spam).
    leads: without an S1 the matter is its skill's, whatever it is about (a lawyer's letter about a bite). yields: its
    skill counts only where no other S1 or S2 rule speaks.
    """

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*$")
    severity: Severity
    skill: Skill
    about: str
    skills: tuple[Skill, ...] = ()
    patterns: Patterns = Field(min_length=1)
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    within: int = Field(default=20, ge=1, le=200)
    ignores: tuple[ScopeName, ...] = ()
    quiets: bool = False
    leads: bool = False
    yields: bool = False
    examples: Examples


class Scope(_Strict):
    """Words that take back what a rule says, or lower it.

    reach: what they speak on. over: what they overlap; next, previous: so many `words` of the same clause after or
    before; rest: the rest of the sentence; sentence; earlier: all before them and a few words behind; text.
    of: beginnings of rule ids; all if empty. unless: cues in the same sentence that silence it. until: cues at
    which `next` ends. to: the level that stays of what they speak on; nothing if missing. says: a level of their own.
    short: of a resolution, speaks only where what it lowers was said, or the text has at most so many words.
    scope `none`: looks like a scope and is none ("not only"); scopes that it overlaps are silent.
    """

    id: str = Field(pattern=r"^[a-z]+(\.[a-z0-9-]+)+$")
    scope: ScopeName | Literal["none"]
    reach: Reach = "over"
    words: int = Field(default=4, ge=1, le=40)
    of: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    to: Severity | None = None
    says: Severity | None = None
    short: int | None = None
    skill: Skill = Skill.GENERAL
    patterns: Patterns = Field(min_length=1)


class Cue(_Strict):
    """Words that say nothing by themselves; rules and scopes ask whether they are near."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    patterns: Patterns = Field(min_length=1)


class File(_Strict):
    """One file; each part is optional. classes: words by language, each a word or several.

    misspelled: words that are known by one slip, too. spelled_right: words that are no slip for one of those.
    """

    rules: tuple[Rule, ...] = ()
    scopes: tuple[Scope, ...] = ()
    cues: tuple[Cue, ...] = ()
    classes: dict[str, Patterns] = Field(default_factory=dict)
    misspelled: tuple[str, ...] = ()
    spelled_right: tuple[str, ...] = ()


def parse(name: str, content: bytes) -> File:
    """Raises BadRules in one sentence that names the file, the rule and the field."""
    try:
        loaded: Any = yaml.load(content, Loader=_Loader)  # noqa: S506 - CSafeLoader or SafeLoader, both safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else "the file"
        raise BadRules(name, where, "YAML", str(getattr(error, "problem", error))) from None
    try:
        return File.model_validate(loaded)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise BadRules(name, *_place(loaded, first["loc"]), first["msg"]) from None


def read(folder: Path) -> dict[str, bytes]:
    """The rule files of a folder by name, in order. Raises BadRules where there are none."""
    try:
        found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    except OSError as error:
        raise BadRules(folder.name, "the folder", "files", str(error.strerror)) from None
    if not found:
        raise BadRules(folder.name, "the folder", "files", "expected at least one file *.yaml")
    return found


def _place(loaded: Any, loc: tuple[int | str, ...]) -> tuple[str, str]:
    """Which entry, and which field of it, a validation error is about."""
    part = str(loc[0]) if loc else "the file"
    if len(loc) > 1 and isinstance(loc[1], int):
        entry = loaded[part][loc[1]]
        named = entry.get("id") if isinstance(entry, dict) else None
        return f"{part[:-1]} {named or f'number {loc[1] + 1}'}", ".".join(map(str, loc[2:])) or "entry"
    return part, ".".join(map(str, loc[1:])) or "entry"
