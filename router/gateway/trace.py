"""W3C Trace Context: what a caller sent, if it holds, else a trace of our own."""

from __future__ import annotations

import re
import secrets

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent(header: str | None) -> str:
    """`header` where it is a valid traceparent, else a new random one, not sampled."""
    if header is not None and _FORM.fullmatch(header.strip()):
        return header.strip()
    made = secrets.token_hex(24)
    return f"00-{made[:32]}-{made[32:]}-00"
