"""How this command line was called, for telling the next command to type."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def command(*arguments: str, data: Path | None = None) -> str:
    """`router ARGUMENTS` as it can be typed here; with --data where it was given."""
    parts = [_program(), *arguments, *(("--data", str(data)) if data is not None else ())]
    return " ".join(shlex.quote(part) for part in parts)


def _program() -> str:
    """`router` where the search path has it, else the path to it from here."""
    program = Path(sys.argv[0])
    if program.name != "router":
        return "router"
    found = shutil.which("router")
    if found is not None and Path(found).resolve() == program.resolve():
        return "router"
    absolute = program.absolute()
    return str(absolute.relative_to(Path.cwd())) if absolute.is_relative_to(Path.cwd()) else str(program)
