"""Two ways to show a play: a live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live

from router.cli import looks
from router.cli.run_lines import contact_line
from router.cli.run_view import view
from router.play.board import Board, Placed

_TICK_S = 0.1


class Show(Protocol):
    """Use as `async with`, for as long as the play lasts."""

    def placed(self, one: Placed) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Lines:
    """A line for each contact as it comes onto its queue."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def placed(self, one: Placed) -> None:
        wide = not self._console.is_terminal or self._console.width >= looks.WIDE
        line = contact_line(one, wide=wide)
        if self._console.is_terminal:
            self._console.print(line, markup=False, no_wrap=True, overflow="ellipsis", crop=False)
        else:
            self._console.print(line, markup=False, soft_wrap=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return


class Picture:
    """The live view, ten times a second; its last state stays on the terminal."""

    def __init__(self, console: Console, board: Board, moves: int) -> None:
        self._console = console
        self._board = board
        self._moves = moves
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
        self._start = 0.0
        self._ticking: asyncio.Task[None] | None = None

    def placed(self, one: Placed) -> None:
        return

    async def __aenter__(self) -> Self:
        self._start = time.monotonic()
        self._live.start()
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        self._draw()
        self._live.stop()

    async def _tick(self) -> None:
        while True:
            self._draw()
            await asyncio.sleep(_TICK_S)

    def _draw(self) -> None:
        width, height = self._console.size
        elapsed = time.monotonic() - self._start
        picture = view(self._board, elapsed_s=elapsed, moves=self._moves, width=width, height=height - 1)
        self._live.update(picture, refresh=True)
