"""The trained model as one function: what it says of a contact's words, beside what the rules found there.

The encoder is asked always, never, or where the linear model and the rules leave it open: where no level is likely
enough, and where the linear model alone thinks it urgent. That model knows words, not what they mean together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest, nsmallest
from pathlib import Path

import numpy as np

from channels.contact import Medium
from scoring.classifier.asked import Asked
from scoring.classifier.decision import Decisions, Judged, load_decisions
from scoring.classifier.encoder import Encode, excerpt, load_encoder
from scoring.classifier.linear import Floats, Linear, load_linear
from scoring.classifier.nearby import Nearby, load_nearby
from scoring.classifier.reading import LEVELS, Read, features, read, worst_of
from scoring.classifier.sentences import Sentence
from scoring.model import Assessment, Severity

HERE = Path(__file__).parent.parent / "trained"
MOST = 3
"""Words that are told as evidence."""

AHEAD = np.where(np.eye(len(LEVELS)), 1, -1 / (len(LEVELS) - 1)).astype(np.float32)
"""A row of each level: its score against the mean of the others."""

FILES = ("linear.npz", "nearby.npz", "decision.npz")


@dataclass(frozen=True, eq=False)
class Opinion:
    """judged: what the model says. encoded: the encoder was asked. at: the most urgent sentence. words: the places of
    those that spoke most for the level, and how much, against the mean of the others.
    """

    judged: Judged
    encoded: bool
    at: int
    words: tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class Classifier:
    """near, encode: None where the encoder is never asked. version: of the models' files, and when it is asked."""

    linear: Linear
    decisions: Decisions
    nearby: Nearby | None
    encode: Encode | None
    asked: Asked
    version: str

    def opinion(self, text: str, sentences: Sequence[Sentence], rules: Assessment, medium: Medium) -> Opinion:
        """Raises ValueError without sentences."""
        found = read(self.linear, sentences)
        judged = self.decisions.plain.judge(features(found, None, rules, medium))
        encoded = self._asks(judged, rules)
        if encoded:
            near = self.near(text, sentences, found)
            judged = self.decisions.full.judge(features(found, near, rules, medium))
        return Opinion(judged, encoded, found.at, self._speaking(sentences, judged))

    def near(self, text: str, sentences: Sequence[Sentence], found: Read) -> Floats:
        """(OUTPUTS,) of the encoder's model."""
        if self.nearby is None or self.encode is None:
            raise ValueError("the encoder isn't loaded")
        written = [sentence.written(text) for sentence in sentences]
        return self.nearby.scores(self.encode(excerpt(written, found.urgency)))

    def _asks(self, judged: Judged, rules: Assessment) -> bool:
        if self.encode is None:
            return False
        if self.asked is Asked.ALWAYS or max(judged.probabilities) < self.decisions.sure:
            return True
        return judged.severity <= Severity.S2 < (worst_of(rules) or Severity.S4)

    def _speaking(self, sentences: Sequence[Sentence], judged: Judged) -> tuple[tuple[int, float], ...]:
        words = list(dict.fromkeys([word for sentence in sentences for word in sentence.folded]))
        brought = self.linear.brought(words)[:, : len(LEVELS)]
        amounts: list[float] = (brought @ AHEAD[LEVELS.index(judged.severity)]).tolist()
        least = nlargest(MOST, amounts)[-1]
        loudest = {word: amount for word, amount in zip(words, amounts, strict=True) if amount >= least}
        found = (
            (-loudest[word], place)
            for sentence in sentences
            if not loudest.keys().isdisjoint(sentence.folded)
            for word, place in zip(sentence.folded, sentence.places, strict=True)
            if word in loudest
        )
        return tuple((place, -amount) for amount, place in nsmallest(MOST, found))


@lru_cache(maxsize=3)
def load_classifier(asked: Asked = Asked.UNSURE) -> Classifier:
    """What `make model` trained. Raises OSError, ValueError, KeyError where a file is missing or isn't ours."""
    linear, decisions = load_linear(HERE / "linear.npz"), load_decisions(HERE / "decision.npz")
    version = f"model-{_digest()}-{asked}"
    if asked is Asked.NEVER:
        return Classifier(linear, decisions, None, None, asked, version)
    return Classifier(linear, decisions, load_nearby(HERE / "nearby.npz"), load_encoder(), asked, version)


@lru_cache(maxsize=1)
def _digest() -> str:
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
