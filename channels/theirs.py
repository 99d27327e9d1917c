"""The id by which a provider knows a message: what ours is made of, so there is none without it."""

from __future__ import annotations

from channels.errors import Malformed

LONGEST = 100


def theirs(given: str | None, field: str) -> str:
    """Without blanks around it. Raises Malformed, naming `field`, where it is missing or too long to be one."""
    told = (given or "").strip()
    if not told or len(told) > LONGEST:
        raise Malformed(field, f"an id of at most {LONGEST} characters", "other text" if told else "nothing")
    return told
