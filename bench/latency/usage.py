"""What processes used, from /proc (proc(5)): CPU time and memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """cpu_s: since the process began, user and system. rss_mb, peak_mb: resident now and at most."""

    cpu_s: float
    rss_mb: float
    peak_mb: float


def usage(pid: int) -> Usage:
    """Raises OSError where there is no such process."""
    folder = Path(f"/proc/{pid}")
    return Usage(cpu_seconds((folder / "stat").read_text()), *memory((folder / "status").read_text()))


def cpu_seconds(stat: str) -> float:
    """stat: of /proc/<pid>/stat. The name in brackets may hold anything, so fields count from the last bracket."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(status: str) -> tuple[float, float]:
    """MB resident now and at most, of /proc/<pid>/status."""
    found = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    now, most = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def words(pid: int) -> list[str]:
    """The command line."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
