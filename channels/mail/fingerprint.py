"""The id of a mail that brings none to be trusted.

A Message-ID can be forged to suppress somebody's mail, and Received lines change on redelivery. So the id is a
hash of what stays the same: the author's headers, the body with canonical newlines, and who it was sent to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

STABLE = (b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"content-type", b"content-transfer-encoding")

_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:(.*\n(?:[ \t].*\n)*)")


def fingerprint(content: bytes, recipients: Iterable[str]) -> str:
    """64 hexadecimal characters. The order of `recipients`, and trailing newlines of the body, don't count.

    The body begins at the first line that is no header, so that no content is ever left out of the hash;
    without any header of an author all of it is body.
    """
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + b"\n"
    found: dict[bytes, list[bytes]] = {name: [] for name in STABLE}
    at = content.index(b"\n") + 1 if content.startswith(b"From ") else 0
    while match := _HEADER.match(content, at):
        at = match.end()
        found.get(match[1].lower(), []).append(b" ".join(match[2].split()))
    if not any(found.values()):
        at = 0
    parts = [name + b":" + value for name in STABLE for value in found[name]]
    sent_to = [one.encode() for one in sorted(set(recipients))]
    return digest([str(len(parts)).encode(), *parts, content[at:].strip(b"\n"), *sent_to])


def digest(parts: Iterable[bytes | memoryview]) -> str:
    """SHA-256 over the parts, each with its length before it, so that no two lists of parts look alike."""
    running = hashlib.sha256()
    for part in parts:
        running.update(len(part).to_bytes(8, "big"))
        running.update(part)
    return running.hexdigest()
