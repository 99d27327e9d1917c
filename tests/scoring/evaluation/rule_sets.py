"""Small rule sets."""

from __future__ import annotations

from scoring.rules import Rules, rules_of

COUGH = """
rules:
  - id: vet.cough
    severity: S2
    skill: emergency-vet
    about: Coughs.
    patterns: {en: [coughing], fr: [tousse]}
    examples: {fires: [he is coughing, il tousse], silent: [not coughing any more]}
scopes:
  - id: negation.not
    scope: negation
    reach: next
    patterns: {en: [not]}
"""


def rules(content: str = COUGH) -> Rules:
    return rules_of({"a.yaml": content.encode()})
