"""What a deployment sets: the environment with the prefix ROUTER_, or files.

A secret `ROUTER_X` may stand in the file that `ROUTER_X_FILE` names, or in `<data>/secrets/x` (lower case);
files hold one value a line and are read again when they change, so that a rotation needs no restart.
Several values are comma-separated in a variable.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from channels.contract import Secrets
from scoring.classifier.asked import Asked

Names = Annotated[tuple[str, ...], NoDecode]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode]


class StateIn(StrEnum):
    """Where a worker's state rests: docs/decisions/0015."""

    MEMORY = "memory"
    DISK = "disk"


class Settings(BaseSettings):
    """Everything but secrets. Each field is the variable ROUTER_<NAME>; the README lists them."""

    model_config = SettingsConfigDict(env_prefix="ROUTER_", frozen=True, extra="ignore")

    data_dir: Path = Path(".data")
    config: Path | None = None
    public_url: str | None = None
    allow_unsigned: Names = ()
    log_level: str = "info"
    log_json: bool = False
    smtp_allow: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    smtp_hostname: str = "localhost"
    smtp_tls_cert: Path | None = None
    smtp_tls_key: Path | None = None
    smtp_require_tls: bool = False
    smtp_max_bytes: int = Field(default=40 * 1024 * 1024, ge=1024)
    request_max_bytes: int = Field(default=40 * 1024 * 1024, ge=1024)
    in_flight_max_bytes: int = Field(default=200 * 1024 * 1024, ge=1024 * 1024)
    spool_max_bytes: int = Field(default=1024 * 1024 * 1024, ge=0)
    desk_streams: int = Field(default=600, ge=0)
    scoring_encoder: Asked = Asked.UNSURE
    state: StateIn = StateIn.MEMORY
    bootstrap_servers: str | None = Field(default=None, validation_alias="KAFKA_BOOTSTRAP_SERVERS")

    @field_validator("allow_unsigned", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return split(value) if isinstance(value, str) else value

    @field_validator("smtp_allow", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return tuple(ip_network(part, strict=False) for part in split(value)) if isinstance(value, str) else value


@lru_cache(maxsize=256)  # secrets are read anew for each request
def split(text: str) -> tuple[str, ...]:
    """Values of a comma-separated list, or one a line; blanks dropped."""
    return tuple(part for line in text.splitlines() for part in (piece.strip() for piece in line.split(",")) if part)


@dataclass
class SecretFiles:
    """Secrets by name, from the environment, a named file, or the data folder; files are read again on change."""

    data_dir: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _cache: dict[Path, tuple[int, tuple[str, ...]]] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> Secrets:
        """The secrets of `ROUTER_<name>`, newest state of their source; falsy where there are none."""
        variable = f"ROUTER_{name}"
        if self.environ.get(variable):
            return Secrets(split(self.environ[variable]))
        path = Path(self.environ.get(f"{variable}_FILE") or self.data_dir / "secrets" / name.lower())
        return Secrets(self._read(path))

    def _read(self, path: Path) -> tuple[str, ...]:
        try:
            stamp = path.stat().st_mtime_ns
            cached = self._cache.get(path)
            if cached is None or cached[0] != stamp:
                cached = (stamp, tuple(line.strip() for line in path.read_text().splitlines() if line.strip()))
                self._cache[path] = cached
        except OSError:
            return ()
        return cached[1]
