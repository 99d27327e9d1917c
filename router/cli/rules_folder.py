"""Rule files by their folder."""

from __future__ import annotations

from pathlib import Path

from scoring.rulefile import read
from scoring.rules import FOLDER, Rules, load_rules, rules_of


def rules_in(folder: Path | None) -> Rules:
    """Those of a folder; those in force without one. Raises BadRules."""
    return load_rules() if folder is None else rules_of(read(folder))


def contents_of(folder: Path | None) -> dict[str, bytes]:
    """The files by name. Raises BadRules."""
    return read(FOLDER if folder is None else folder)
