"""Plays a scenario: sends each move at its time, and notes on the board what was answered."""

from __future__ import annotations

import asyncio

from router.play.board import Board
from router.play.sample import Sample
from router.play.scenario import Move, Scenario
from router.play.sender import Sender, Unreachable


async def perform(play: Scenario, post: Sender, desk_token: str, board: Board) -> None:
    """Returns when every move has its answer, or none. Raises Unreachable where there is no gateway at all."""
    board.linked = await post.link(desk_token, play.reference, (play.victim.phone, play.victim.email))
    start = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for move in play.moves:
            group.create_task(_send(move, start + move.at, post, board))


async def _send(move: Move, when: float, post: Sender, board: Board) -> None:
    await asyncio.sleep(max(0.0, when - asyncio.get_running_loop().time()))
    number = board.sends(move, move.send.contact_id if isinstance(move.send, Sample) else None)
    try:
        board.sent(number, answer=await post.send(move.send))
    except Unreachable as problem:
        board.sent(number, problem=str(problem))
