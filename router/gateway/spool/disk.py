"""The spool's folder: locked, its database read, and where that is damaged, set aside. Everything blocks."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

import structlog

from router.gateway.spool.aside import NAME, PATTERN
from router.gateway.spool.folder_lock import locked
from router.gateway.spool.rows import Contents, Rows, SpoolDamaged, SpoolFailed

log = structlog.get_logger()


class Disk:
    """broken: databases that were set aside and are still in the folder. now_ms: Unix milliseconds."""

    def __init__(self, folder: Path, now_ms: Callable[[], int]) -> None:
        self._folder = folder
        self._now_ms = now_ms
        self._lock = -1
        self.rows = Rows(folder / "spool.db")
        self.broken = 0

    def open(self) -> Contents:
        """Raises SpoolTaken; SpoolFailed, and then it can be called again."""
        if self._lock < 0:
            try:
                self._lock = locked(self._folder)
            except OSError as error:
                raise SpoolFailed(f"the spool {self._folder} failed: {error.strerror}") from None
        try:
            return self._read(())
        except SpoolDamaged:
            log.error("spool.damaged")  # noqa: TRY400 - no trace
            return self.anew(())

    def anew(self, gone: Collection[int]) -> Contents:
        """Sets the database aside, and begins another with what of it can be read and isn't gone.

        Raises SpoolFailed.
        """
        self.rows.set_aside(self._name())
        return self._read(gone)

    def count(self) -> None:
        """Looks whether what was set aside has been taken away. Raises OSError."""
        self.broken = len(list(self._folder.glob(PATTERN)))

    def close(self) -> None:
        self.rows.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _read(self, gone: Collection[int]) -> Contents:
        name = self._name()
        count = self.rows.renew(gone, name)
        if count is not None:
            log.error("spool.set_aside", kept=str(self._folder / name), read=count)
        try:
            self.count()
        except OSError as error:
            raise SpoolFailed(f"the spool {self._folder} failed: {error.strerror}") from None
        return self.rows.contents()

    def _name(self) -> str:
        return NAME.format(datetime.fromtimestamp(self._now_ms() / 1000, UTC).strftime("%Y%m%dT%H%M%S.%fZ"))
