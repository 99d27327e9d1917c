"""Why an assessment is what it is, in a sentence or two. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.model import MODEL, Assessment, Effect, Evidence, Severity

UNSURE = 0.5


def why(assessment: Assessment) -> str:
    """Names the rules that decided the level, and says what may still lower it."""
    level = assessment.severity
    if assessment.wordless:
        return "A call without words is S2 until something is known of it."
    if assessment.floor:
        rules = _rules(each for each in _raising(assessment, Severity.S1) if not each.rule.startswith(MODEL))
        if level is Severity.S1:
            return f"S1 by {rules}. It is a floor: nothing but a person lowers it below S2."
        return (
            f"{rules} would have said S1. The words as a whole don't, but it is a floor: S2 until a person has looked."
        )
    sentences = [_level(assessment)]
    worse = [each for each in _lowered(assessment) if each.severity is not None and each.severity < level]
    if worse:
        sentences.append(
            f"{_rules(worse)} would have said {min(_levels(worse))}, but {_scopes(worse)} spoke against it."
        )
    if assessment.resolves:
        sentences.append("It says that it is over.")
    if assessment.probabilities and max(assessment.probabilities) < UNSURE:
        sentences.append("The model is unsure: no level is likelier than not.")
    return " ".join(sentences)


def _level(assessment: Assessment) -> str:
    level = assessment.severity
    raising = _raising(assessment, level)
    if raising:
        return f"{level} by {_rules(raising)}."
    if any(each.severity == level for each in assessment.evidence if each.effect is Effect.LOWERS):
        return f"{level} is what is left once what was said is taken back."
    if assessment.probabilities:
        return f"No rule says {level}: the model does, or leans to the more urgent of two levels."
    return f"No rule speaks: {level} is what a message of this length gets until somebody has read it."


def _raising(assessment: Assessment, level: Severity) -> list[Evidence]:
    return [each for each in assessment.evidence if each.effect is Effect.RAISES and each.severity == level]


def _lowered(assessment: Assessment) -> list[Evidence]:
    """What a scope spoke on; a resolution's own words come without a skill."""
    return [each for each in assessment.evidence if each.effect is Effect.LOWERS and each.skill is not None]


def _levels(evidence: Iterable[Evidence]) -> list[Severity]:
    return [each.severity for each in evidence if each.severity is not None]


def _rules(evidence: Iterable[Evidence]) -> str:
    return _listed(each.rule for each in evidence)


def _scopes(evidence: Iterable[Evidence]) -> str:
    return _listed(each.scope or "a scope" for each in evidence)


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)
