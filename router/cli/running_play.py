"""What `router run` does: secrets, the platform, the play on it, and the end of both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.status import Status

from channels.errors import Problem
from router.cli import dev_secrets, invoked
from router.cli.guarded import guarded
from router.cli.options import settings_for
from router.cli.play_shown import PlayShown
from router.cli.sending import keys_for
from router.play.scenario import fresh_seed, scenario
from router.runtime.supervision.happening import Happening
from router.runtime.supervision.platform import Options, Platform
from router.settings import SecretFiles, Settings


def run(seed: int | None, data: Path | None, options: Options) -> int:
    """The exit status. Raises Problem where it can't be started."""
    settings = settings_for(data)
    number = fresh_seed(datetime.now(UTC)) if seed is None else seed
    console = Console(highlight=False)
    again = invoked.command("run", "--seed", str(number), data=data)
    console.print(f"Seed {number}. The same play again: {again}", markup=False, soft_wrap=True)
    made = _secrets(settings)
    if made:
        folder = settings.data_dir / "secrets"
        console.print(f"Made secrets for development in {folder}: {', '.join(made)}.", markup=False, soft_wrap=True)
    log_file = settings.data_dir / "logs" / "run.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("a") as log:
        teller = Teller(console, log)
        platform = Platform(replace(options, stderr=log.fileno()), settings, teller.tell)
        return asyncio.run(_until_told(_run(platform, teller, number, data, settings)))


def _secrets(settings: Settings) -> tuple[str, ...]:
    try:
        return dev_secrets.make(settings.data_dir, SecretFiles(settings.data_dir))
    except OSError as error:
        raise Problem(f"can't write to the data folder {settings.data_dir}: {error.strerror}.") from None


async def _until_told(running: Coroutine[Any, Any, int]) -> int:
    """The exit status of `running`; 0 where it was told to stop (SIGINT, SIGTERM), once it has."""
    task = asyncio.ensure_future(running)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, task.cancel)
    with suppress(asyncio.CancelledError):
        return await task
    return 0


async def _run(platform: Platform, teller: Teller, seed: int, data: Path | None, settings: Settings) -> int:
    with teller.starting():
        await platform.__aenter__()
    teller.started()
    try:
        where = platform.endpoints
        token = SecretFiles(settings.data_dir).get("DESK_TOKENS").values[0]
        moves = scenario(seed, keys_for(settings, where.gateway))
        shown = PlayShown(moves, where, token, data, settings.data_dir, teller.console)
        failing = asyncio.create_task(platform.failed())
        try:
            return await guarded(shown.whole(), failing)
        finally:
            failing.cancel()
    finally:
        teller.console.print("Stopping …")
        await platform.__aexit__(None, None, None)


@dataclass
class Teller:
    """Shows what happens to the parts: a status while they start, later a line each. The log has all of it."""

    console: Console
    log: TextIO
    status: Status | None = None

    def starting(self) -> Status:
        self.status = self.console.status("Starting …")
        return self.status

    def started(self) -> None:
        self.status = None

    def tell(self, happening: Happening) -> None:
        self.log.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {happening.sentence}\n")
        self.log.flush()
        if self.status is not None:
            self.status.update(f"{happening.sentence} …")
        self.console.print(f"  {happening.sentence}", markup=False, soft_wrap=True)
