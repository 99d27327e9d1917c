"""Every setting as it is in force. Secrets are counted, never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from channels.registry import CHANNELS
from router.settings import SecretFiles, Settings

PROVIDERS = tuple(dict.fromkeys(name for channel in CHANNELS for name in (channel.secrets, *channel.options)))
SECRETS = (*PROVIDERS, "DESK_TOKENS", "SMTP_USERS", "ID_KEY")


@dataclass(frozen=True)
class Row:
    """source: "environment", "default", a file, or the option that says so."""

    name: str
    value: str
    source: str


def in_force(data: Path | None, environ: Mapping[str, str] = os.environ) -> list[Row]:
    """Settings in their order, then secrets. Raises pydantic's ValidationError for what can't be used."""
    settings = Settings() if data is None else Settings(data_dir=data)
    rows = [_setting(name, settings, data, environ) for name in Settings.model_fields]
    return rows + [_secret(name, settings.data_dir, environ) for name in SECRETS]


def _setting(name: str, settings: Settings, data: Path | None, environ: Mapping[str, str]) -> Row:
    alias = Settings.model_fields[name].validation_alias
    variable = alias if isinstance(alias, str) else f"ROUTER_{name.upper()}"
    value = getattr(settings, name)
    if name == "data_dir" and data is not None:
        source = "--data"
    else:
        source = "environment" if any(key.upper() == variable for key in environ) else "default"
    return Row(variable, _told(value), source)


def _told(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _secret(name: str, data: Path, environ: Mapping[str, str]) -> Row:
    variable = f"ROUTER_{name}"
    count = len(SecretFiles(data, environ).get(name).values)
    if environ.get(variable):
        source = "environment"
    elif environ.get(f"{variable}_FILE"):
        source = environ[f"{variable}_FILE"]
    elif count:
        source = str(data / "secrets" / name.lower())
    elif name == "ID_KEY" and (data / "id.key").exists():
        count, source = 1, str(data / "id.key")
    else:
        source = "default"
    return Row(variable, f"{count} set" if count else "not set", source)
