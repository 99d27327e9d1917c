"""How severe one contact is by itself, which skills it needs, and why. Pure: the same answer on replay.

Rules find what they foresee, the trained model judges the words as a whole, and the decision knows what each is worth.
A rule's S1 is a floor: the model may make S2 of it where it is sure of something milder, never less (rubric, rule 5).

A call without words is S2 until something is known (rubric, rule 8). A message of nothing but attachments is S3:
somebody has to look at them, and nothing says that it can't wait. What we sent ourselves is S4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from channels.contact import Contact, Direction, Medium
from scoring.classifier.asked import Asked
from scoring.classifier.classifier import Opinion, load_classifier
from scoring.classifier.decision import Judged
from scoring.classifier.reading import LEVELS
from scoring.classifier.sentences import Sentence, pictured
from scoring.model import MODEL, Assessment, Effect, Evidence, Severity, Skill
from scoring.rules import load_rules
from scoring.ruling import Ruled, ruled, weighed
from scoring.scopes import Finding

WORDS = f"{MODEL}words"
MEANING = f"{MODEL}meaning"
SPOKE = 0.5
HALF = 0.5
MANY_SENTENCES = 12
"""In a text of more, the sentences in which a rule says S1 are also judged by themselves."""


def assess(contact: Contact, asked: Asked = Asked.UNSURE) -> Assessment:
    """Reads subject and text; evidence names the field, spans are characters of it as it was given.

    asked: when the encoder is asked; it takes about 5 ms.
    """
    if (silent := _without_words(contact)) is not None:
        return silent
    found = ruled(contact)
    rules, said = weighed(found), found.said
    if not said:
        return rules
    classifier = load_classifier(asked)
    opinion = classifier.opinion(found.whole, said, rules, contact.medium)
    if (plainly := _in_so_many_words(found)) is not None:
        plain = classifier.opinion(found.whole, said, weighed(plainly), contact.medium)
        opinion = min(opinion, plain, key=lambda each: each.judged.severity)
    severity = _floored(opinion.judged) if rules.floor else opinion.judged.severity
    if rules.floor and severity is not Severity.S1 and len(said) > MANY_SENTENCES:
        urgent = classifier.opinion(found.whole, _of_s1(found, said), rules, contact.medium)
        severity = min(severity, _floored(urgent.judged))
    skills = _led(rules, opinion.judged.skills) if rules.floor else opinion.judged.skills
    return rules.model_copy(
        update={
            "severity": severity,
            "probabilities": opinion.judged.probabilities,
            "skill": skills[0],
            "skills": skills,
            "evidence": (*rules.evidence, *_evidence(found, opinion, said)),
            "version": f"{rules.version}+{classifier.version}",
        }
    )


def _led(rules: Assessment, judged: tuple[Skill, ...]) -> tuple[Skill, ...]:
    """The skills of an S1 by rule: of those that the model finds fitting, the rule's leads.

    A model that saw nothing in what a rule knows can't say who should look at it either.
    """
    if judged[0] is Skill.GENERAL:
        return rules.skills
    return (rules.skill, *(each for each in judged if each is not rules.skill)) if rules.skill in judged else judged


def _of_s1(found: Ruled, said: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """The sentences in which a rule says S1: what stands around them in a long text makes them no milder."""
    begun = [each.start for each in found.findings if each.scope is None and each.rule.severity is Severity.S1]
    numbers = {found.words.sentence(word) for word in begun}
    return tuple(each for each in said if found.words.sentence(each.places[0]) in numbers) or said


def _floored(judged: Judged) -> Severity:
    """Where a rule says S1: S2 if the model has read it and holds it for S2 or S3, else S1.

    A model that sees nothing at all in what a rule knows (S4) has not understood it.
    """
    likeliest = max(range(len(LEVELS)), key=judged.probabilities.__getitem__)
    milder = LEVELS[likeliest] in (Severity.S2, Severity.S3) and judged.probabilities[likeliest] >= HALF
    return Severity.S2 if milder and judged.severity is not Severity.S1 else Severity.S1


def by_rules(contact: Contact) -> Assessment:
    """What the rules alone say: the model learns what that is worth."""
    if (silent := _without_words(contact)) is not None:
        return silent
    return weighed(ruled(contact))


def _in_so_many_words(found: Ruled) -> Ruled | None:
    """What was found but in emoji and the signature: they may raise a level, and never lower one. None if that is all.

    Whatever a rule finds there speaks for its own level, and so against S1.
    """
    behind = found.closed.stop

    def plain(each: Finding) -> bool:
        if 0 < behind <= each.start:
            return False
        return not all(map(pictured, found.words.folded[each.start : each.end]))

    kept = [each for each in found.findings if plain(each)]
    return None if len(kept) == len(found.findings) else replace(found, findings=kept)


def _evidence(found: Ruled, opinion: Opinion, said: tuple[Sentence, ...]) -> Iterator[Evidence]:
    """The words that spoke most for the level, and the sentence that the encoder was asked about first."""
    placed = partial(found.evidence, effect=Effect.RAISES, severity=opinion.judged.severity)
    for place, amount in opinion.words:
        if amount >= SPOKE:
            yield placed(place, place + 1, WORDS)
    if opinion.encoded:
        places = said[opinion.at].places
        yield placed(places[0], places[-1] + 1, MEANING)


def _without_words(contact: Contact) -> Assessment | None:
    if contact.direction is Direction.OUTBOUND:
        return _silent("contact.outbound", Severity.S4)
    if contact.has_words():
        return None
    if contact.medium is Medium.CALL:
        return _silent("call.no-words", Severity.S2, wordless=True)
    if contact.attachments:
        return _silent("contact.no-words", Severity.S3)
    return _silent("contact.empty", Severity.S4)


def _silent(rule: str, severity: Severity, *, wordless: bool = False) -> Assessment:
    evidence = Evidence(rule=rule, start=0, end=0, severity=severity, skill=Skill.GENERAL)
    return Assessment(
        severity=severity,
        skill=Skill.GENERAL,
        skills=(Skill.GENERAL,),
        evidence=(evidence,),
        wordless=wordless,
        version=load_rules().version,
    )
