"""What the rules say of one contact: how severe, which skills, and where that stands. Pure: the same on replay.

The most urgent level that a rule still says once scopes have spoken is the contact's; what a resolution lowered
keeps the level that the scope leaves it. Without any word of a rule it is S3 where somebody has written more than
a few words, since nobody has judged them yet, else S4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from channels.contact import Contact, Medium
from scoring.asides import asides
from scoring.classifier.sentences import Sentence, closing, sentences
from scoring.hits import hits
from scoring.language import CHARACTERS, languages
from scoring.matcher import Hit
from scoring.model import TIE_BREAK, Assessment, Effect, Evidence, Severity, Skill, primary_of
from scoring.rulefile import Rule, Scope
from scoring.rules import Rules, load_rules
from scoring.scopes import Finding, Resolution, judge
from scoring.surroundings import Surroundings
from scoring.text import Words, words

FEW_WORDS = 4
GLUE = "\n\n"
MAX_EVIDENCE = 20
MAX_OF_ONE_RULE = 3
ENOUGH = CHARACTERS // 2
"""Words that are as long as what a text's language is told by, however short they are."""

_NEXT = {Severity.S1: Severity.S2, Severity.S2: Severity.S3, Severity.S3: Severity.S4, Severity.S4: Severity.S4}


@dataclass(frozen=True)
class Ruled:
    """Subject and text of a contact, judged as one: what the text says is over is over for its subject, too.

    closed: the words of the line that closes it; what is found there is left out: "Thanks," there thanks nobody.
    said: its sentences without greeting and signature. spoken: the languages that it is in, as far as can be told.
    """

    subject: str
    whole: str
    words: Words
    closed: range
    said: tuple[Sentence, ...]
    spoken: tuple[str, ...]
    findings: list[Finding]
    resolutions: list[Resolution]

    def evidence(self, first: int, last: int, rule: str, effect: Effect, **more: Any) -> Evidence:
        """Evidence at the words [first, last), in the field where the first of them stands."""
        start, end = self.words.start(first), self.words.end(last - 1)
        if start < len(self.subject):
            return Evidence(rule=rule, field="subject", start=start, end=end, effect=effect, **more)
        before = len(self.subject) + len(GLUE) if self.subject else 0
        return Evidence(rule=rule, field="text", start=start - before, end=end - before, effect=effect, **more)


def ruled(contact: Contact) -> Ruled:
    """What the rules find in subject and text.

    A greeting and a signature may be in another language than all else, and say nothing of it.
    """
    rules = load_rules()
    subject, whole = contact.subject or "", whole_of(contact)
    read = words(whole)
    closed = closing(whole, read)
    said = sentences(read, closed)
    around = Surroundings(whole, said) if said else None
    spoken = languages(around.written(0, ENOUGH)) if around else ()
    told = hits(rules, read, spoken, around)
    aside = _asides(contact, whole, read)
    findings, resolutions = judge(rules, read, [hit for hit in told if not (_far(rules, hit) and aside(hit.start))])
    findings = [replace(found, scope=_milder(found.scope, aside(found.start))) for found in findings]
    resolutions = [found for found in resolutions if not aside(found.start)]
    if closed.start:
        findings = [found for found in findings if found.start not in closed]
    return Ruled(subject, whole, read, closed, said, spoken or languages(whole), findings, resolutions)


def _asides(contact: Contact, whole: str, read: Words) -> Callable[[int], Scope | None]:
    """By the number of a word: the scope that speaks on it because it isn't a mail's news."""
    if contact.medium is not Medium.EMAIL:
        return lambda _: None
    found = asides(contact.subject or "", contact.in_reply_to, contact.text)
    before = len(whole) - len(contact.text)
    return lambda word: found.at(read.start(word) - before)


def _far(rules: Rules, hit: Hit) -> bool:
    """True for words that speak on the whole text, as "found her" does: in a quote they say nothing of the news."""
    what = rules.entries[hit.rule].what
    return isinstance(what, Scope) and what.reach in ("earlier", "text")


def _milder(scope: Scope | None, aside: Scope | None) -> Scope | None:
    """Of two scopes that speak on the same words the one that leaves less of them."""
    if scope is None or aside is None:
        return scope or aside
    return aside if scope.to and (aside.to is None or aside.to > scope.to) else scope


def whole_of(contact: Contact) -> str:
    """Subject and text as one."""
    return f"{contact.subject}{GLUE}{contact.text}" if contact.subject else contact.text


def weighed(read: Ruled) -> Assessment:
    """The level and the skills of what was found."""
    raised = [found for found in read.findings if found.scope is None]
    lowered = [found for found in read.findings if found.scope is not None and found.scope.to]
    over = [found.scope for found in read.resolutions]
    floor = any(found.rule.severity is Severity.S1 for found in raised)
    levels = [found.rule.severity for found in raised]
    levels += [_lower(found.rule.severity, found.scope.to) for found in lowered if found.scope and found.scope.to]
    levels += [scope.says for scope in over if scope.says]
    if not floor and any(found.rule.quiets for found in raised):
        levels, raised, lowered = [Severity.S4], [found for found in raised if found.rule.quiets], []
    severity = min(levels, default=_unjudged(read.words))
    skills = _skills([found.rule for found in raised], [found.rule for found in lowered], floor=floor)
    skills.update(scope.skill for scope in over if scope.says)
    primary, ordered = _ordered(skills)
    return Assessment(
        severity=severity,
        skill=primary,
        skills=ordered,
        languages=read.spoken,
        evidence=_evidence(read),
        floor=floor,
        resolves=bool(over) and not floor,
        version=load_rules().version,
    )


def _skills(raised: list[Rule], lowered: list[Rule], *, floor: bool) -> set[Skill]:
    if any(not rule.yields and rule.severity <= Severity.S2 for rule in raised):
        raised = [rule for rule in raised if not rule.yields]
    leading = [TIE_BREAK.index(rule.skill) for rule in raised if rule.leads]
    speaking = [*raised, *lowered]
    if leading and not floor:
        speaking = [rule for rule in speaking if TIE_BREAK.index(rule.skill) >= min(leading)]
    return {skill for rule in speaking for skill in (rule.skill, *rule.skills)}


def _lower(severity: Severity, to: Severity) -> Severity:
    """What a resolution leaves of a level: `to`, at least one level less, at most S3 (rubric, rule 2)."""
    return max(severity, min(Severity.S3, max(to, _NEXT[severity])))


def _ordered(skills: set[Skill]) -> tuple[Skill, tuple[Skill, ...]]:
    """The primary skill, and all of them in the rubric's order; general only where nothing else fits."""
    named = tuple(skill for skill in Skill if skill in skills and skill is not Skill.GENERAL)
    return primary_of(named), named or (Skill.GENERAL,)


def _unjudged(read: Words) -> Severity:
    return Severity.S3 if len(read) > FEW_WORDS else Severity.S4


def _evidence(read: Ruled) -> tuple[Evidence, ...]:
    """What spoke, the most urgent first; a few places of each rule, not all of a long mail's."""
    spoken: list[Evidence] = []
    seen: Counter[tuple[str, bool]] = Counter()
    for found in sorted(read.findings, key=lambda each: (each.scope is not None, each.rule.severity, each.start)):
        rule, live = found.rule, found.scope is None
        seen[rule.id, live] += 1
        if seen[rule.id, live] <= MAX_OF_ONE_RULE:
            effect = Effect.RAISES if live else Effect.LOWERS
            scope = found.scope.scope if found.scope else None
            spoken.append(
                read.evidence(
                    found.start, found.end, rule.id, effect, severity=rule.severity, skill=rule.skill, scope=scope
                )
            )
    for over in read.resolutions:
        seen[over.scope.id, False] += 1
        if seen[over.scope.id, False] == 1:
            level = over.scope.says or over.scope.to
            spoken.append(
                read.evidence(over.start, over.end, over.scope.id, Effect.LOWERS, severity=level, scope="resolution")
            )
    return tuple(spoken[:MAX_EVIDENCE])
