"""The encoder's model: how near a text's meaning is to each text that was learned from, and what those were.

Kernel ridge regression with a Gaussian kernel over vectors of length 1: outputs are the kernel's row times the
coefficients. Vectors are stored as bytes, which moves no figure by more than 0.01.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from scoring.classifier.linear import Floats


@dataclass(frozen=True, eq=False)
class Nearby:
    """vectors: (learned, dimensions). coefficients: (learned, outputs). gamma: the kernel's 1 / (2 sigma^2)."""

    vectors: Floats
    coefficients: Floats
    gamma: float

    def scores(self, vector: Floats) -> Floats:
        """(outputs,): near 1 where texts like this one had that level or skill, near 0 elsewhere."""
        squares = 2.0 - 2.0 * (self.vectors @ vector)
        return np.asarray(np.exp(-self.gamma * squares) @ self.coefficients, dtype=np.float32)


@lru_cache(maxsize=2)
def load_nearby(file: Path) -> Nearby:
    """From an .npz without pickled objects. Raises OSError, ValueError, KeyError for one that isn't ours."""
    with np.load(file, allow_pickle=False) as stored:
        vectors = stored["vectors"].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Nearby(vectors, stored["coefficients"].astype(np.float32), float(stored["gamma"]))
