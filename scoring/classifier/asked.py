"""When scoring asks its sentence encoder."""

from __future__ import annotations

from enum import StrEnum


class Asked(StrEnum):
    """UNSURE: where the linear model and the rules leave it open."""

    ALWAYS = "always"
    UNSURE = "unsure"
    NEVER = "never"
