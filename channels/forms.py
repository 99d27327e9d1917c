"""A form's body (WHATWG URL, "application/x-www-form-urlencoded") as its pairs."""

from __future__ import annotations

from urllib.parse import unquote


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """In order, duplicates and blanks kept; escapes that are no UTF-8 become U+FFFD. text: ASCII.

    What `urllib.parse.parse_qsl` makes of it, in half its time: a channel reads twenty pairs a message, and most have
    no escapes.
    """
    found = []
    for field in text.replace("+", " ").split("&"):
        if field:
            name, _, value = field.partition("=")
            found.append((unquote(name) if "%" in name else name, unquote(value) if "%" in value else value))
    return tuple(found)
