"""Who waits for which command's result. Fed with every record of `desk`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from router.model.events import CommandResult
from router.stages.contract import Record

DESK = "desk"
RESULT = "command.result"


class Results:
    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[str, asyncio.Future[CommandResult]]]] = {}

    def apply(self, record: Record) -> None:
        """Raises ValueError for a result that can't be read."""
        if record.value is None or record.header("ce_type") != RESULT or not self._waiting:
            return
        result = CommandResult.model_validate_json(record.value)
        for fingerprint, waiter in self._waiting.get(result.command_id, ()):
            # The 422 of a reused key has the id of the command that came first, and its own fingerprint.
            if result.fingerprint in ("", fingerprint) and not waiter.done():
                waiter.set_result(result)

    @contextmanager
    def wait(self, command_id: str, fingerprint: str) -> Iterator[asyncio.Future[CommandResult]]:
        """The result to come, of the command with this id and body."""
        waiter: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        entry = (fingerprint, waiter)
        self._waiting.setdefault(command_id, []).append(entry)
        try:
            yield waiter
        finally:
            waiting = self._waiting[command_id]
            waiting.remove(entry)
            if not waiting:
                del self._waiting[command_id]
