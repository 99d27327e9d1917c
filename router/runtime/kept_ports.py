"""The embedded broker's ports: chosen once and kept with its data, since clients and its own files know them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from router.runtime.broker_settings import HOST
from router.runtime.tcp_ports import choose, in_use, is_free

DEFAULT = 9092


@dataclass(frozen=True)
class Ports:
    """For clients, and for the broker's own controller."""

    broker: int
    controller: int


def decide(file: Path, asked: int | None) -> Ports:
    """The ports to use now, written to `file`.

    asked: None for the kept one, else 9092; 0 for the kept one if it is free, else any; N for N, kept from now on.
    Raises PortInUse. The controller's port is nobody's business: where it is taken, another one is chosen.
    """
    kept = read(file)
    if asked == 0:
        port = kept.broker if kept and is_free(HOST, kept.broker) else choose(HOST)
    else:
        port = asked or (kept.broker if kept else DEFAULT)
        if not is_free(HOST, port):
            raise in_use(port, "--kafka-port")
    controller = kept.controller if kept else 0
    if not controller or controller == port or not is_free(HOST, controller):
        controller = choose(HOST, taken=frozenset({port}))
    ports = Ports(port, controller)
    if ports != kept:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(ports)))
        fresh.replace(file)
    return ports


def read(file: Path) -> Ports | None:
    """None where there is no such file, or it is damaged: the ports are then chosen anew."""
    try:
        found = json.loads(file.read_text())
        return Ports(int(found["broker"]), int(found["controller"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
