"""ROUTER_ID_KEY: what person ids and address keys are made with. Made once in the data folder, never rotated."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from channels.errors import Problem
from router.settings import SecretFiles

SHORTEST = 16


class BadIdKey(Problem):
    """ROUTER_ID_KEY can't be used."""


def kept(data_dir: Path, files: SecretFiles) -> bytes:
    """The key: the one that is set (for a cluster every gateway needs the same), else the data folder's own.

    Raises BadIdKey where the set key is too short, or isn't the one that the data folder was begun with: everybody
    would become somebody else.
    """
    file = data_dir / "id.key"
    given = files.get("ID_KEY").values
    try:
        if not given:
            return _read(file) or _made(file, secrets.token_hex(32))
        if len(given) > 1 or len(given[0]) < SHORTEST:
            raise BadIdKey(f"ROUTER_ID_KEY must be one value of at least {SHORTEST} characters.")
        if (_read(file) or _made(file, given[0])) != given[0].encode():
            raise BadIdKey(f"ROUTER_ID_KEY isn't the key in {file}, by which all ids there were made; unset it.")
        return given[0].encode()
    except OSError as error:
        raise BadIdKey(f"can't keep the id key in {file}: {error.strerror}.") from None


def _read(file: Path) -> bytes:
    try:
        return file.read_text().strip().encode()
    except FileNotFoundError:
        return b""


def _made(file: Path, key: str) -> bytes:
    """Writes it whole or not at all; of two who make it at once, both get the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=".id-") as fresh:  # 0600 by itself
        fresh.write(key + "\n")
        fresh.flush()
        os.fsync(fresh.fileno())
        try:
            os.link(fresh.name, file)
        except FileExistsError:
            return _read(file)
    return key.encode()
