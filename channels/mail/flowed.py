"""Paragraphs of `format=flowed` text made whole again (RFC 3676).

A line that ends with a space goes on in the next of the same quotation; "-- " is a signature's delimiter and does not.
"""

from __future__ import annotations


def joined(text: str, *, delete_space: bool = False) -> str:
    """delete_space: the space at a line's end is no part of the text (`delsp=yes`)."""
    paragraphs: list[tuple[int, list[str]]] = []
    flowing = False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        fixed = bare == "-- "
        if flowing and not fixed and paragraphs[-1][0] == depth:
            paragraphs[-1][1].append(bare)
        else:
            paragraphs.append((depth, [bare]))
        flowing = bare.endswith(" ") and not fixed
        if flowing and delete_space:
            paragraphs[-1][1][-1] = bare[:-1]
    return "\n".join(_quoted(depth, "".join(pieces)) for depth, pieces in paragraphs)


def _quoted(depth: int, paragraph: str) -> str:
    return f"{'>' * depth} {paragraph}" if depth else paragraph
