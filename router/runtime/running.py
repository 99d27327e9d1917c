"""Where a running `up` serves: <data>/up.json, for the other commands."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from router.runtime import data_lock

NAME = "up.json"


@dataclass(frozen=True)
class Endpoints:
    """gateway: its base URL. smtp: host:port. kafka: bootstrap servers."""

    gateway: str
    smtp: str
    kafka: str


def write(data: Path, endpoints: Endpoints) -> None:
    fresh = data / f"{NAME}.new"
    fresh.write_text(json.dumps({"pid": os.getpid(), **asdict(endpoints)}))
    fresh.replace(data / NAME)


def remove(data: Path) -> None:
    (data / NAME).unlink(missing_ok=True)


def find(data: Path) -> Endpoints | None:
    """None where nothing runs on this folder, or what runs isn't ready yet."""
    if not data_lock.is_held(data):
        return None
    try:
        found = json.loads((data / NAME).read_text())
        return Endpoints(str(found["gateway"]), str(found["smtp"]), str(found["kafka"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
