"""Secrets for a first run on a developer's machine: random, in <data>/secrets/, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from router.settings import SecretFiles


def make(data_dir: Path, files: SecretFiles) -> tuple[str, ...]:
    """Makes those that are set nowhere; names of the variables that they stand for. Raises OSError."""
    made = []
    for name, value in (
        ("TWILIO_AUTH_TOKENS", secrets.token_hex(16)),
        ("POSTMARK_BASIC_AUTH", f"postmark:{secrets.token_urlsafe(18)}"),
        ("DESK_TOKENS", secrets.token_urlsafe(24)),
    ):
        if files.get(name):
            continue
        folder = data_dir / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / name.lower(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(value + "\n")
        made.append(f"ROUTER_{name}")
    return tuple(made)
