"""Where to find what runs: options and the environment first, else the data folder of a running `router up`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from channels.errors import Problem
from router.runtime import running
from router.settings import Settings


class NotRunning(Problem):
    """Nothing runs there."""


@dataclass(frozen=True)
class Where:
    """gateway: base URL without a slash at its end. smtp: host and port, None where only the gateway is known."""

    gateway: str
    smtp: tuple[str, int] | None


def find(settings: Settings, gateway: str | None = None) -> Where:
    """The gateway. Raises NotRunning."""
    up = running.find(settings.data_dir)
    if gateway is not None:
        url = gateway.rstrip("/")
        return Where(url, _address(up.smtp) if up is not None and up.gateway == url else None)
    if up is None:
        raise _not_running(settings.data_dir, "--gateway http://HOST:PORT")
    return Where(up.gateway, _address(up.smtp))


def kafka_servers(data: Path | None = None) -> str:
    """Bootstrap servers: of the environment, unless a data folder is named; else the running `up`'s. Raises
    NotRunning."""
    settings = Settings() if data is None else Settings(data_dir=data)
    if data is None and settings.bootstrap_servers:
        return settings.bootstrap_servers
    up = running.find(settings.data_dir)
    if up is None:
        if settings.bootstrap_servers:
            return settings.bootstrap_servers
        raise _not_running(settings.data_dir, "KAFKA_BOOTSTRAP_SERVERS")
    return up.kafka


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _not_running(data: Path, instead: str) -> NotRunning:
    return NotRunning(
        f"no `router up` is ready on the data folder {data}. Start one, name its folder, or set {instead}."
    )
