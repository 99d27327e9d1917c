"""How old a signed request may be, where the operator decides it."""

from __future__ import annotations

import re
from datetime import timedelta

from channels.contract import Secrets
from channels.errors import Misconfigured

UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}

_AGE = re.compile(r"([0-9]{1,9}) ?([smhd]?)")


def longest(secrets: Secrets, setting: str, otherwise: timedelta) -> timedelta:
    """The age that an option allows: "4d", "36h", "90m", or seconds. Raises Misconfigured for other text."""
    given = secrets.option(setting)
    if not given:
        return otherwise
    found = _AGE.fullmatch(given[0].strip().lower()) if len(given) == 1 else None
    if found is None:
        raise Misconfigured(f"ROUTER_{setting}: expected one age, as 4d, 36h, 90m or seconds")
    try:
        return timedelta(seconds=int(found[1]) * UNITS[found[2]])
    except OverflowError:
        return timedelta.max
