"""Ports: who has one, and which is free to be kept."""

from __future__ import annotations

import errno
import random
import socket
from pathlib import Path

from channels.errors import Problem

KEPT = range(20000, 32000)  # below the ephemeral range of Linux and macOS: no client's connection takes one


class PortInUse(Problem):
    """A port is in use."""


def is_free(host: str, port: int) -> bool:
    """True if a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def choose(host: str, taken: frozenset[int] = frozenset()) -> int:
    """A free port that will most likely be free tomorrow too."""
    for port in random.sample(KEPT, len(KEPT)):
        if port not in taken and is_free(host, port):
            return port
    raise PortInUse(f"no port from {KEPT.start} to {KEPT.stop - 1} is free.")


def in_use(port: int, option: str) -> PortInUse:
    """The sentence for a user: who has the port, as far as it can be told, and what to do."""
    owner = _owner(port)
    who = "" if owner is None else f" by pid {owner[0]} ({owner[1]})"
    return PortInUse(f"port {port} is in use{who}. Stop it, or choose another with {option}.")


def _owner(port: int) -> tuple[int, str] | None:
    """Pid and command of who listens on `port`, where /proc tells (our own processes, or all as root)."""
    inodes = _listening(port)
    for folder in Path("/proc").glob("[0-9]*") if inodes else ():
        try:
            if any(fd.readlink().name in inodes for fd in (folder / "fd").iterdir()):
                return int(folder.name), _command(folder)
        except OSError:
            continue
    return None


def _listening(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            columns = row.split()
            if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{columns[9]}]")
    return found


def _command(folder: Path) -> str:
    """ "router up" for one of ours, else the program's name; no arguments, which may hold secrets."""
    words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    names = [Path(word).name for word in words[:3]]
    if "router" in names[:2]:
        return " ".join(["router", *names[names.index("router") + 1 :][:1]]).strip()
    if "kafka.Kafka" in words:
        return "Kafka"
    return (folder / "comm").read_text().strip()
