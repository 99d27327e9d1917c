"""Files that stand uuencoded in the text itself (POSIX, "uuencode"), as old clients send them."""

from __future__ import annotations

import re
from binascii import Error, a2b_uu

_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.{0,250})")


def taken_out(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without its files, and the files' names and bytes. What doesn't decode to its end stays text."""
    lines = text.split("\n")
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    at = 0
    while at < len(lines):
        begins = _BEGIN.fullmatch(lines[at].rstrip()) if lines[at].startswith("begin ") else None
        file = _file(lines, at + 1) if begins else None
        if begins and file:
            content, at = file
            files.append((begins[1], content))
        else:
            kept.append(lines[at])
            at += 1
    return ("\n".join(kept) if files else text), files


def _file(lines: list[str], at: int) -> tuple[bytes, int] | None:
    """The bytes of the lines from `at`, and the place after their "end"; None where a line is no part of a file."""
    pieces: list[bytes] = []
    for place in range(at, len(lines)):
        line = lines[place].rstrip("\r")
        if line.rstrip() == "end" and pieces:
            return b"".join(pieces), place + 1
        piece = _piece(line)
        if piece is None:
            return None
        pieces.append(piece)
    return None


def _piece(line: str) -> bytes | None:
    if not line:
        return b""
    size = (ord(line[0]) - 32) & 63
    if not 32 <= ord(line[0]) <= 96 or len(line) - 1 > (size + 2) // 3 * 4 + 2:
        return None
    try:
        return a2b_uu(line)
    except (Error, ValueError):
        return None
