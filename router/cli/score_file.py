"""What `router score --jsonl FILE` does: each row again, with its assessment."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from router.cli.pipes import quiet_end
from router.cli.score_lines import Skipped, count, read
from router.cli.score_progress import shown
from scoring.assess import assess
from scoring.evaluation.rows import assessed, contact


def score(file: Path, output: Path | None, *, skip_bad: bool) -> None:
    """Raises BadLine, OSError."""
    skipped = Skipped(skip=skip_bad)
    total = count(file)
    with quiet_end(), _written(output) as stream:
        for row in shown(read(file, skipped), total, "scoring"):
            stream.write(_line(assessed(row.raw, assess(contact(row)))))
        stream.flush()
    skipped.tell()


@contextmanager
def _written(output: Path | None) -> Iterator[BinaryIO]:
    """stdout, or a file that is there only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _line(row: dict[str, object]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair in a field that we only hand on
        return json.dumps(row).encode() + b"\n"
