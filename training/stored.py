"""Writes models as they are loaded: arrays without pickled objects, weights in a byte or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scoring.classifier.decision import Decision, Decisions
from scoring.classifier.linear import Linear
from scoring.classifier.nearby import Nearby


def store_linear(model: Linear, file: Path) -> None:
    """Weights in one byte, each output with its own scale."""
    scale = np.abs(model.weights).max(axis=0) / 127
    text = "\n".join(model.place)
    np.savez_compressed(
        file,
        grams=np.frombuffer(text.encode("utf-8"), dtype=np.uint8),
        rarity=model.rarity.astype(np.float16),
        weights=np.round(model.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.bias,
    )


def store_nearby(model: Nearby, file: Path) -> None:
    """Vectors in one byte: they are made of length 1 again when they are read."""
    scale = np.abs(model.vectors).max(axis=1, keepdims=True) / 127
    np.savez_compressed(
        file,
        vectors=np.round(model.vectors / scale).astype(np.int8),
        coefficients=model.coefficients.astype(np.float16),
        gamma=np.float32(model.gamma),
    )


def store_decisions(model: Decisions, file: Path) -> None:
    """Small enough to be stored as it is."""
    arrays: dict[str, object] = {"sure": np.float32(model.sure)}
    for name, decision in (("plain", model.plain), ("full", model.full)):
        arrays |= _named(name, decision)
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _named(name: str, decision: Decision) -> dict[str, object]:
    return {
        f"{name}_levels_weights": decision.levels.weights,
        f"{name}_levels_bias": decision.levels.bias,
        f"{name}_skills_weights": decision.skills.weights,
        f"{name}_skills_bias": decision.skills.bias,
        f"{name}_thresholds": np.array(decision.thresholds, dtype=np.float32),
    }
