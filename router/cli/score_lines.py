"""Files of messages, a row a line, read as they come: `-` is standard input, a gzipped file is unpacked."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from channels.errors import Problem
from scoring.evaluation import rows
from scoring.evaluation.rows import BadRow, Row

STDIN = Path("-")
TOLD = 5


class BadLine(Problem):
    """A line of a file can't be read."""


@dataclass
class Skipped:
    """The lines that were left out, where that was asked for (`skip`); else the first of them is an error."""

    skip: bool = False
    lines: list[str] = field(default_factory=list)

    def bad(self, file: Path, error: BadRow) -> None:
        """Raises BadLine, or counts it."""
        sentence = f"{name_of(file)}: {error}"
        if not self.skip:
            raise BadLine(f"{sentence}. --skip-bad leaves such lines out.")
        self.lines.append(sentence)

    def tell(self) -> None:
        """On stderr: how many, and the first few."""
        if self.lines:
            count = len(self.lines)
            sys.stderr.write(f"router: {count} {'line was' if count == 1 else 'lines were'} left out:\n")
            sys.stderr.writelines(f"  {line}\n" for line in self.lines[:TOLD])
            if count > TOLD:
                sys.stderr.write(f"  and {count - TOLD} more\n")


def read(file: Path, skipped: Skipped, *, labelled: bool = False) -> Iterator[Row]:
    """Its rows; empty lines, and records of the log that aren't contacts, are none. Raises BadLine, OSError."""
    for number, line in lines(file):
        try:
            row = rows.read(number, line, labelled=labelled)
        except BadRow as error:
            skipped.bad(file, error)
            continue
        if row is not None:
            yield row


def lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Those that aren't empty, with their numbers from 1, without a byte order mark. Raises BadLine, OSError."""
    with opened(file) as stream:
        try:
            for number, line in enumerate(stream, start=1):
                bare = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
                if bare:
                    yield number, bare
        except (gzip.BadGzipFile, EOFError):
            raise BadLine(f"{name_of(file)}: expected a gzipped file, as its name says") from None


def count(file: Path) -> int | None:
    """How many lines that aren't empty; None where that can't be known before."""
    return None if file == STDIN or not file.is_file() else sum(1 for _ in lines(file))


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    if file == STDIN:
        yield sys.stdin.buffer
    elif file.suffix == ".gz":
        with gzip.open(file) as stream:
            yield stream  # type: ignore[misc]  # reads bytes by line as any other
    else:
        with file.open("rb") as stream:
            yield stream


def name_of(file: Path) -> str:
    return "standard input" if file == STDIN else file.name
