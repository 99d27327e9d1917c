"""HTML to text, as a person would read it, quoted blocks marked with ">" as in plain text."""

from __future__ import annotations

import re

import html_text
from lxml import etree

from channels.texts import cleaned

LONGEST = 2_000_000
"""Characters of HTML that are read; text is capped far below."""

_TAG = re.compile(r"<[^<>]{0,2000}>")
_OPENS, _CLOSES = "\ue000", "\ue001"


def to_text(html: str) -> str:
    """The visible text with the layout's line breaks. Never raises: what can't be parsed loses its tags only."""
    html = cleaned(html[:LONGEST]).replace(_OPENS, "").replace(_CLOSES, "")
    if not html.strip():
        return ""
    try:
        tree = html_text.parse_html(html)
        _mark(tree)
        for title in tree.iter("title"):
            title.text = None
        return _quoted(html_text.extract_text(tree))
    except Exception:  # libxml2's recovery has no documented list of what it raises
        return _TAG.sub(" ", html).strip()


def _mark(tree: etree._Element) -> None:
    """Puts a mark on a line of its own before and after the content of each blockquote."""
    for quote in tree.iter("blockquote"):
        first, last = etree.Element("p"), etree.Element("p")
        first.text, last.text = _OPENS, _CLOSES
        first.tail, quote.text = quote.text, None
        quote.insert(0, first)
        quote.append(last)


def _quoted(text: str) -> str:
    """Lines between the marks with a ">" for each blockquote around them."""
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        mark = line.strip()
        if mark == _OPENS:
            depth += 1
        elif mark == _CLOSES:
            depth = max(depth - 1, 0)
        else:
            lines.append(f"{'>' * min(depth, 20)} {line}".rstrip() if depth else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
