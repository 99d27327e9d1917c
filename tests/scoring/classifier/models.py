"""Small made-up models."""

from __future__ import annotations

import numpy as np

from channels.contact import Medium
from scoring.classifier.decision import Decision, Decisions, Layer
from scoring.classifier.grams import grams_of, pairs_of
from scoring.classifier.linear import Floats, Linear
from scoring.classifier.nearby import Nearby
from scoring.classifier.reading import LEVELS, OUTPUTS, SKILLS, features, read
from scoring.classifier.sentences import Sentence, closing, sentences
from scoring.model import Assessment, Severity, Skill
from scoring.text import words


def said(text: str) -> tuple[Sentence, ...]:
    read = words(text)
    return sentences(read, closing(text, read))


def outputs(**levels: float) -> Floats:
    """(OUTPUTS,): what is told of levels, 0 elsewhere."""
    found = np.zeros(OUTPUTS, dtype=np.float32)
    for name, value in levels.items():
        found[LEVELS.index(Severity(name))] = value
    return found


def linear(**urgent: float) -> Linear:
    """Of whole words: how much each speaks for S1, and against S4. Each gram is as rare as any other."""
    grams = [f"={word}" for word in urgent]
    weights = np.array([outputs(S1=value, S4=-value) for value in urgent.values()]).reshape(-1, OUTPUTS)
    return Linear({gram: at for at, gram in enumerate(grams)}, np.ones(len(grams), np.float32), weights, outputs())


def every_gram(*texts: str) -> Linear:
    """Of all grams of some texts, each with weights of its own."""
    read = [each.folded for text in texts for each in said(text)]
    grams = {gram for spoken in read for word in spoken for gram in grams_of(word)}
    grams |= {each for spoken in read for each in pairs_of(spoken)}
    chance = np.random.default_rng(1)
    return Linear(
        {gram: at for at, gram in enumerate(sorted(grams))},
        chance.uniform(1, 8, len(grams)).astype(np.float32),
        chance.normal(size=(len(grams), OUTPUTS)).astype(np.float32),
        chance.normal(size=OUTPUTS).astype(np.float32),
    )


def nearby() -> Nearby:
    """Knows two texts: one S1, one S4."""
    return Nearby(np.eye(2, 4, dtype=np.float32), np.array([outputs(S1=1), outputs(S4=1)]), 1.0)


RULES_SILENT = Assessment(severity=Severity.S3, skill=Skill.GENERAL, skills=(Skill.GENERAL,), version="rules-made-up")
FIGURES = len(features(read(linear(), said("x")), None, RULES_SILENT, Medium.SMS))
"""Of one contact, without the encoder's."""


def layer(of: int, figures: int, factor: float) -> Layer:
    """Takes its own part of the linear model's figures, as they are, times `factor`."""
    weights = np.zeros((figures, of), dtype=np.float32)
    first = 0 if of == len(LEVELS) else len(LEVELS)
    weights[first : first + of] = np.eye(of) * factor
    return Layer(weights, np.zeros(of, dtype=np.float32))


def decision(figures: int = FIGURES, factor: float = 4.0) -> Decision:
    """Says what the linear model says."""
    return Decision(layer(len(LEVELS), figures, factor), layer(len(SKILLS), figures, factor), (0.3, 0.4, 0.5))


def decisions(sure: float = 0.85) -> Decisions:
    return Decisions(decision(), decision(FIGURES + OUTPUTS), sure)
