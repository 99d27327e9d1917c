"""Texts without labels, from the shapes in which such collections come.

.csv        a header, and a column of that name
.jsonl      a row a line, as for `router score --jsonl`
.json       texts, [text, intent] or {"text": …}, in a list or in an object of such lists (clinc150)
any other   a text a line
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from router.cli.score_lines import BadLine, Skipped, lines, name_of, opened, read


def texts(file: Path, column: str, skipped: Skipped) -> Iterator[str]:
    """Raises BadLine, OSError."""
    suffixes = [suffix.lower() for suffix in file.suffixes if suffix.lower() != ".gz"]
    match suffixes[-1:]:
        case [".csv"]:
            yield from _csv(file, column)
        case [".jsonl"]:
            yield from (row.text or row.subject or "" for row in read(file, skipped))
        case [".json"]:
            yield from _json(file)
        case _:
            yield from (line.decode("utf-8", "replace") for _, line in lines(file))


def _csv(file: Path, column: str) -> Iterator[str]:
    with opened(file) as stream:
        table = csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=""))
        try:
            if column not in (table.fieldnames or ()):
                raise BadLine(f"{name_of(file)}: line 1: expected a column {column!r}; --column names another")
            yield from (row[column] or "" for row in table)
        except csv.Error:
            raise BadLine(f"{name_of(file)}: line {table.line_num}: expected comma-separated values") from None


def _json(file: Path) -> Iterator[str]:
    with opened(file) as stream:
        try:
            loaded: Any = json.load(stream)
        except (ValueError, RecursionError):
            raise BadLine(f"{name_of(file)}: expected JSON") from None
    for place, held in loaded.items() if isinstance(loaded, dict) else [("the list", loaded)]:
        if not isinstance(held, list):
            raise BadLine(f"{name_of(file)}: {place}: expected a list of texts")
        for number, entry in enumerate(held, start=1):
            yield _text(entry, f"{name_of(file)}: {place}, number {number}")


def _text(entry: Any, where: str) -> str:
    match entry:
        case str():
            return entry
        case [str() as text, *_] | {"text": str() as text}:
            return text
        case _:
            raise BadLine(f"{where}: expected a text, [text, intent] or an object with text")
