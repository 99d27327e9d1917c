"""How severe one contact is by itself, which skills it needs, and why. Pure: the same answer on replay.

The most urgent level that a rule still says once scopes have spoken is the contact's; what a resolution lowered
keeps the level that the scope leaves it. Without any word of a rule it is S3 where somebody has written more than
a few words, since nobody has judged them yet, else S4.

A call without words is S2 until something is known (rubric, rule 8). A message of nothing but attachments is S3:
somebody has to look at them, and nothing says that it can't wait. What we sent ourselves is S4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from channels.contact import Contact, Direction, Medium
from scoring.language import languages, may_be
from scoring.matcher import Hit, find
from scoring.model import Assessment, Effect, Evidence, Severity, Skill, primary_of
from scoring.rules import Rules, load_rules
from scoring.scopes import Finding, Resolution, judge
from scoring.text import Words, words

FEW_WORDS = 4
MAX_EVIDENCE = 20
MAX_OF_ONE_RULE = 3
LANGUAGE_CHARACTERS = 2_000
WINDOW = 12
WINDOWS = 64
_NEXT = {Severity.S1: Severity.S2, Severity.S2: Severity.S3, Severity.S3: Severity.S4, Severity.S4: Severity.S4}


@dataclass(frozen=True)
class _Part:
    """One field of a contact, judged."""

    field: str
    words: Words
    findings: list[Finding]
    resolutions: list[Resolution]


def assess(contact: Contact) -> Assessment:
    """Reads subject and text; evidence names the field, spans are characters of it as it was given."""
    rules = load_rules()
    if contact.direction is Direction.OUTBOUND:
        return _without_words(rules, "contact.outbound", Severity.S4)
    if not contact.has_words():
        if contact.medium is Medium.CALL:
            return _without_words(rules, "call.no-words", Severity.S2, wordless=True)
        if contact.attachments:
            return _without_words(rules, "contact.no-words", Severity.S3)
        return _without_words(rules, "contact.empty", Severity.S4)
    spoken = languages(f"{contact.subject or ''} {contact.text[:LANGUAGE_CHARACTERS]}")
    parts = [
        _judged(rules, "subject", contact.subject or "", spoken),
        _judged(rules, "text", contact.text, spoken),
    ]
    return _weighed(rules, parts, spoken)


def _judged(rules: Rules, field: str, text: str, spoken: tuple[str, ...]) -> _Part:
    read = words(text)
    hits = _in_its_languages(rules, text, read, find(rules.root, read, rules.keys_of), spoken)
    return _Part(field, read, *judge(rules, read, hits))


def _in_its_languages(
    rules: Rules, text: str, read: Words, hits: list[Hit], spoken: tuple[str, ...]
) -> list[Hit]:
    """Without the hits of languages that the text isn't in, nor the words around them ("help me" isn't Dutch).

    People mix languages, so the words around a hit may speak for it against the whole text.
    """
    if not spoken:
        return hits
    window = max(WINDOW, len(read) // WINDOWS)
    told: dict[tuple[str, int], bool] = {}

    def fits(hit: Hit) -> bool:
        language = rules.entries[hit.rule].language
        if language == "any" or language in spoken:
            return True
        place = language, hit.start // window
        if place not in told:
            start, end = place[1] * window - 2, place[1] * window + window + 2
            told[place] = may_be(language, text[read.starts[max(start, 0)] : read.ends[min(end, len(read)) - 1]])
        return told[place]

    return [hit for hit in hits if fits(hit)]


def _weighed(rules: Rules, parts: list[_Part], spoken: tuple[str, ...]) -> Assessment:
    raised = [found for part in parts for found in part.findings if found.scope is None]
    lowered = [found for part in parts for found in part.findings if found.scope is not None and found.scope.to]
    over = [found.scope for part in parts for found in part.resolutions]
    floor = any(found.rule.severity is Severity.S1 for found in raised)
    levels = [found.rule.severity for found in raised]
    levels += [_lower(found.rule.severity, found.scope.to) for found in lowered if found.scope and found.scope.to]
    levels += [scope.says for scope in over if scope.says]
    if not floor and any(found.rule.quiets for found in raised):
        levels, raised, lowered = [Severity.S4], [found for found in raised if found.rule.quiets], []
    severity = min(levels, default=_unjudged(parts))
    skills = {skill for found in (*raised, *lowered) for skill in (found.rule.skill, *found.rule.skills)}
    skills.update(scope.skill for scope in over if scope.says)
    primary, ordered = _ordered(skills)
    return Assessment(
        severity=severity,
        skill=primary,
        skills=ordered,
        languages=spoken,
        evidence=_evidence(parts),
        floor=floor,
        resolves=bool(over) and not floor,
        version=rules.version,
    )


def _lower(severity: Severity, to: Severity) -> Severity:
    """What a resolution leaves of a level: `to`, at least one level less, at most S3 (rubric, rule 2)."""
    return max(severity, min(Severity.S3, max(to, _NEXT[severity])))


def _ordered(skills: set[Skill]) -> tuple[Skill, tuple[Skill, ...]]:
    """The primary skill, and all of them in the rubric's order; general only where nothing else fits."""
    named = tuple(skill for skill in Skill if skill in skills and skill is not Skill.GENERAL)
    return primary_of(named), named or (Skill.GENERAL,)


def _unjudged(parts: Iterable[_Part]) -> Severity:
    return Severity.S3 if sum(len(part.words) for part in parts) > FEW_WORDS else Severity.S4


def _evidence(parts: Iterable[_Part]) -> tuple[Evidence, ...]:
    """What spoke, the most urgent first; a few places of each rule, not all of a long mail's."""
    found = [
        (item.rule.severity, number, item.start, item, part)
        for number, part in enumerate(parts)
        for item in part.findings
    ]
    spoken: list[Evidence] = []
    seen: Counter[tuple[str, bool]] = Counter()
    for severity, _, _, item, part in sorted(found, key=lambda entry: (entry[3].scope is not None, *entry[:3])):
        seen[item.rule.id, item.scope is None] += 1
        if seen[item.rule.id, item.scope is None] <= MAX_OF_ONE_RULE:
            spoken.append(
                Evidence(
                    rule=item.rule.id,
                    field=part.field,
                    start=part.words.starts[item.start],
                    end=part.words.ends[item.end - 1],
                    effect=Effect.RAISES if item.scope is None else Effect.LOWERS,
                    severity=severity,
                    skill=item.rule.skill,
                    scope=item.scope.scope if item.scope else None,
                )
            )
    for part in parts:
        for over in part.resolutions:
            seen[over.scope.id, False] += 1
            if seen[over.scope.id, False] == 1:
                spoken.append(
                    Evidence(
                        rule=over.scope.id,
                        field=part.field,
                        start=part.words.starts[over.start],
                        end=part.words.ends[over.end - 1],
                        effect=Effect.LOWERS,
                        severity=over.scope.says or over.scope.to,
                        scope="resolution",
                    )
                )
    return tuple(spoken[:MAX_EVIDENCE])


def _without_words(rules: Rules, rule: str, severity: Severity, *, wordless: bool = False) -> Assessment:
    evidence = Evidence(rule=rule, start=0, end=0, severity=severity, skill=Skill.GENERAL)
    return Assessment(
        severity=severity,
        skill=Skill.GENERAL,
        skills=(Skill.GENERAL,),
        evidence=(evidence,),
        wordless=wordless,
        version=rules.version,
    )
