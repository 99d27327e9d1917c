"""What a user is told of an error: one sentence, and the exit status."""

from __future__ import annotations

import errno

from channels.errors import Problem

REFUSED = 2
BUG = 70


def explained(error: Exception) -> tuple[str, int]:
    """REFUSED for what a user, or their machine, can mend; BUG for what only we can."""
    from pydantic import ValidationError  # noqa: PLC0415 - only where something is wrong

    if isinstance(error, Problem):
        return str(error), REFUSED
    if isinstance(error, ValidationError) and error.title == "Settings":
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        variable = name if name.isupper() else f"ROUTER_{name.upper()}"
        return f"{variable} can't be used: {first['msg']}.", REFUSED
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full. Free some space and start again.", REFUSED
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{place}.", REFUSED
    if type(error).__module__ == "aiokafka.errors":
        return f"Kafka doesn't answer as it should ({type(error).__name__}).", REFUSED
    return f"something went wrong that shouldn't ({type(error).__name__}). ROUTER_LOG_LEVEL=debug shows where.", BUG
