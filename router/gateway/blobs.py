"""Raw bodies and attachments, content-addressed: `<folder>/<first two hex digits>/<sha256>`.

Each is on the disk, file and folder entry, before `put` returns, so that an event never names bytes that a
crash can take away. An object store is another class with the same three methods.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from channels.errors import Problem
from router.durable import sync_folder


class StoreFailed(Problem):
    """The blob store can't take anything now."""


class StoreFull(StoreFailed):
    """There is no space left for blobs."""


class Blobs(Protocol):
    async def put(self, content: bytes) -> str:
        """Stores `content` and returns its SHA-256 in hex. Raises StoreFailed, StoreFull."""
        ...

    async def adopt(self, path: Path, sha256: str) -> None:
        """Stores the file's bytes, whose hash is known; the file may be gone then.

        Where the store has these bytes already, the file need not be there. Raises StoreFailed, StoreFull.
        """
        ...

    async def get(self, sha256: str) -> bytes | None:
        """The bytes, None where there are none under that hash."""
        ...


class FolderBlobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        return await asyncio.to_thread(self._put, content)

    async def adopt(self, path: Path, sha256: str) -> None:
        """By a rename, so `path` must be on the folder's file system."""
        await asyncio.to_thread(self._adopt, path, sha256)

    async def get(self, sha256: str) -> bytes | None:
        return await asyncio.to_thread(self._get, sha256)

    def sweep(self, before: datetime) -> int:
        """Removes what was last put before then; how many. Blocks; a store that is away removes nothing."""
        removed = 0
        for path in self._folder.glob("*/*"):
            try:
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
            except OSError:
                continue
        return removed

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        with storing():
            if not _used_again(path):
                self._write(path, content)
            sync_folder(path.parent)
        return digest

    def _adopt(self, draft: Path, sha256: str) -> None:
        path = self._path(sha256)
        with storing():
            if not _used_again(path):
                self._prepare(path)
                with draft.open("rb") as file:
                    os.fsync(file.fileno())
                draft.replace(path)
            sync_folder(path.parent)

    def _prepare(self, path: Path) -> None:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self._folder)

    def _write(self, path: Path, content: bytes) -> None:
        self._prepare(path)
        draft = path.with_name(f".{path.name}.{uuid4().hex}")
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def _get(self, sha256: str) -> bytes | None:
        if len(sha256) != 64 or not sha256.isalnum():
            return None
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None


@contextmanager
def storing() -> Iterator[None]:
    """What the file system refuses, in our words: StoreFull, StoreFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull from None
        raise StoreFailed(f"the blob store failed: {error.strerror}") from None


def _used_again(path: Path) -> bool:
    """True where the bytes are there already. Their age counts from their last use."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
