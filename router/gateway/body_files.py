"""Large bodies while they are taken: files beside the blobs, so that one that is kept gets its place by a rename.

Each process has a folder of its own, locked while it lives. What a killed process left is removed by whoever starts
next; a folder whose lock is held is left alone, since several gateways may share the store.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from router.gateway.blobs import storing

PIECE = 256 * 1024
"""Bytes that are gathered in memory before a thread hashes and writes them."""


class BodyFile:
    """A body in a file. The file is gone once this is closed, unless the store has taken it over by then.

    path: also the beginning of the names of files that are made of it (`<path>.<n>`). size, sha256: of the whole,
    once `finish` has returned.
    """

    def __init__(self, files: BodyFiles, path: Path) -> None:
        self.path = path
        self.size = 0
        self._files = files
        self._hash = hashlib.sha256()
        self._gathered: list[bytes] = []
        self._gathered_bytes = 0
        self._writing: asyncio.Future[None] | None = None
        with storing():
            self._file = path.open("xb", buffering=0)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def write(self, part: bytes) -> None:
        """Raises StoreFull, StoreFailed."""
        self._gathered.append(part)
        self._gathered_bytes += len(part)
        if self._gathered_bytes >= PIECE:
            await self._flush()

    async def finish(self) -> Self:
        """The last of it is in the file. Raises StoreFull, StoreFailed."""
        await self._flush()
        return self

    async def close(self) -> None:
        # A task of its own: whoever waits for it may be cancelled, and the file has to go all the same.
        await asyncio.shield(self._files.keep(asyncio.create_task(self._close(), name="body-file-close")))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _flush(self) -> None:
        parts, self._gathered, self._gathered_bytes = self._gathered, [], 0
        self._writing = asyncio.ensure_future(asyncio.to_thread(self._write, parts))
        await asyncio.shield(self._writing)

    def _write(self, parts: list[bytes]) -> None:
        with storing():
            for part in parts:
                self._hash.update(part)
                left = memoryview(part)
                while left:
                    left = left[self._file.write(left) or 0 :]
                self.size += len(part)

    async def _close(self) -> None:
        if self._writing is not None:
            # A thread can't be ended; the file isn't closed under it.
            await asyncio.wait({self._writing})
            self._writing.exception()
        await asyncio.to_thread(self._remove)

    def _remove(self) -> None:
        self._file.close()
        for path in (self.path, *self.path.parent.glob(f"{self.path.name}.*")):
            path.unlink(missing_ok=True)


class BodyFiles:
    """folder: on the store's file system. The process's own folder in it is made with the first large body."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Path | None = None
        self._lock = -1
        self._closing: set[asyncio.Task[None]] = set()

    def new(self) -> BodyFile:
        """Raises StoreFull, StoreFailed."""
        with storing():
            if self._own is None:
                self._own, self._lock = _made(self._folder)
        return BodyFile(self, self._own / uuid4().hex)

    def keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task

    def start(self) -> None:
        """Removes what killed processes left."""
        for folder in self._folder.glob("*"):
            with contextlib.suppress(OSError):
                handle = _locked(folder)
                try:
                    shutil.rmtree(folder)
                finally:
                    os.close(handle)

    async def stop(self) -> None:
        await asyncio.gather(*self._closing)
        own, self._own = self._own, None
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)
            os.close(self._lock)


def _made(folder: Path) -> tuple[Path, int]:
    """A new folder and the handle of its lock. Raises OSError."""
    while True:
        own = folder / uuid4().hex
        own.mkdir(parents=True)
        with contextlib.suppress(BlockingIOError, FileNotFoundError):
            handle = _locked(own)
            # Who starts at this moment may have taken the new folder for a left one.
            if own.exists():
                return own, handle
            os.close(handle)


def _locked(folder: Path) -> int:
    """Raises BlockingIOError where another process has the lock."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle
