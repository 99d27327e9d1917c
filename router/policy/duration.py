"""Lengths of time as people write them in a policy: `60 s`, `10 min`, `24 h`, `90 d`, or ISO 8601 (`PT24H`, `P90D`).

A bare number is refused: nobody can tell its unit. So is anything that isn't longer than nothing and at most ten years.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter, ValidationError

UNITS = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
LONGEST = timedelta(days=3653)
EXPECTED = "expected a length of time such as 60 s, 10 min, 24 h, 90 d or PT24H, at most ten years"

_SHORT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(s|min|h|d)", re.ASCII)
_ISO = TypeAdapter(timedelta)


def duration(value: object) -> timedelta:
    """Raises ValueError for what is no length of time."""
    length = value if isinstance(value, timedelta) else _read(value)
    if length is None or not timedelta(0) < length <= LONGEST:
        raise ValueError(EXPECTED)
    return length


def _read(value: object) -> timedelta | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    short = _SHORT.fullmatch(text)
    try:
        if short is not None:
            return float(short[1]) * UNITS[short[2]]
        return _ISO.validate_python(text) if text.startswith("P") else None
    except (OverflowError, ValidationError):
        return None


Duration = Annotated[timedelta, BeforeValidator(duration)]
