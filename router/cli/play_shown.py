"""One play on a running platform: sent, followed, shown, summed up; on a terminal it then goes on following."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from channels.registry import CHANNELS
from router.cli import run_lines
from router.cli.guarded import guarded
from router.cli.reading import topic_reader
from router.cli.run_lines import Next
from router.cli.searching import refused
from router.cli.showing import Lines, Picture, Show
from router.cli.watching import watch
from router.play.board import Board, Placed
from router.play.performance import perform
from router.play.scenario import Scenario
from router.play.sender import Sender
from router.runtime.running import Endpoints

SETTLE_S = 20.0


@dataclass
class PlayShown:
    """given: the data folder as the command line names it; folder: as it is."""

    play: Scenario
    where: Endpoints
    token: str
    given: Path | None
    folder: Path
    console: Console

    def __post_init__(self) -> None:
        self.board = Board()
        self._news = asyncio.Event()
        moves = len(self.play.moves)
        self._show: Show = Picture(self.console, self.board, moves) if self._staying else Lines(self.console)

    @property
    def _staying(self) -> bool:
        return self.console.is_terminal

    async def whole(self) -> int:
        """The exit status: 0 if every contact came onto a queue. On a terminal it never returns."""
        started = asyncio.Event()
        watching = asyncio.create_task(watch(self.where.kafka, self.board, started, self._placed))
        try:
            await guarded(_wait(started), watching)
            for line in run_lines.ready(self.where, self.board):
                self._line(line)
            async with self._show:
                await guarded(self._play_and_settle(), watching)
            for line in run_lines.summary(self.board):
                self._line(line)
            await self._tell_missing()
            self._show = Lines(self.console)
            self._tell_next()
            if not self._staying:
                return 1 if self.board.missing() or self.board.astray() or self.board.failed() else 0
            await watching
            return 0
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    def _placed(self, one: Placed) -> None:
        self._news.set()
        self._show.placed(one)

    async def _play_and_settle(self) -> None:
        host, _, port = self.where.smtp.rpartition(":")
        async with Sender(self.where.gateway, (host, int(port))) as post:
            await perform(self.play, post, self.token, self.board)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                while self.board.missing():
                    await self._news.wait()
                    self._news.clear()

    async def _tell_missing(self) -> None:
        """Names what is missing, with the reason where a dead letter says it."""
        missing = self.board.missing()
        if not missing:
            return
        async with topic_reader(self.where.kafka) as reader:
            refusals = await refused(reader, missing)
        for contact in missing:
            letter = refusals[contact].letter if contact in refusals else None
            self._line(f"Missing: {contact}" + (f", refused by {letter.stage}: {letter.reason}" if letter else ""))

    def _tell_next(self) -> None:
        emergency = self.board.emergency()
        facts = Next(
            data=self.given,
            gateway=self.where.gateway,
            smtp=self.where.smtp,
            hooks=tuple((channel.name, channel.path) for channel in CHANNELS),
            token_file=self.folder / "secrets" / "desk_tokens",
            emergency=emergency.incident_id if emergency else None,
            staying=self._staying,
        )
        for line in run_lines.next_steps(facts):
            self.console.print(line, markup=False, soft_wrap=True)

    def _line(self, line: str) -> None:
        """Prose: wrapped at words on a terminal, one line elsewhere."""
        self.console.print(line, markup=False, soft_wrap=not self.console.is_terminal)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
