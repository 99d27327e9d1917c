"""What `router dlq resubmit`, `drop` and `resume` do. Each leaves a trace on `dlq.actions`: who, when, why.

A letter is written again before the trace of it: a crash between the two leaves it open, and what is resubmitted twice
has the same ids, by which the pool drops the second one.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from channels.contact import Frozen
from channels.errors import Problem
from router.cli.dlq_chosen import BadChoice, Wanted, known_stage
from router.cli.dlq_letters import all_letters, all_there, record_at
from router.cli.dlq_writer import Writer, writer
from router.cli.reading import TopicReader, topic_reader
from router.cli.where import kafka_servers
from router.model import cloudevents, retries
from router.model.cloudevents import Attributes, Message
from router.model.dead_letters import topic_of
from router.model.events import LetterSettled, Position, StageResumed
from router.model.letters import ACTIONS, Letter, State

CAPPED = ("intake", "pool")
"""Stages that stop where too much is refused. A gateway never does: its providers would drop what it doesn't take."""


Settle = Callable[[TopicReader, Writer, Letter], Awaitable[None]]


class NotResubmitted(Problem):
    """Some letters can't be resubmitted."""


@dataclass(frozen=True)
class Trace:
    by: str
    why: str
    at: datetime


def resubmit(data: Path | None, wanted: Wanted, why: str, by: str | None, *, again: bool) -> None:
    """Raises BadChoice, NoLetter, NotResubmitted, NotRunning, NoBroker."""
    asyncio.run(_resubmit(kafka_servers(data), wanted, _trace(why, by), again=again))


def drop(data: Path | None, wanted: Wanted, why: str, by: str | None) -> None:
    """Raises BadChoice, NoLetter, NotRunning, NoBroker."""
    asyncio.run(_drop(kafka_servers(data), wanted, _trace(why, by)))


def resume(data: Path | None, stage: str, allow: int, why: str, by: str | None) -> None:
    """Raises BadChoice, NotRunning, NoBroker."""
    if known_stage(stage) not in CAPPED:
        raise BadChoice(f"the {stage} never stops for its dead letters; expected {' or '.join(CAPPED)}.")
    asyncio.run(_resume(kafka_servers(data), stage, allow, _trace(why, by)))


async def _resubmit(servers: str, wanted: Wanted, trace: Trace, *, again: bool) -> None:
    refused = 0

    async def one(reader: TopicReader, writer: Writer, letter: Letter) -> None:
        nonlocal refused
        if letter.state is not State.OPEN and not again:
            _say(f"{letter.name}: {letter.state} already; nothing done")
            return
        record = await record_at(reader, letter.name)
        if kind := retries.passed(record.headers):
            refused += 1
            _say(f"{letter.name}: not resubmitted: {kind} spoke of a moment that has passed; drop it")
            return
        message = retries.retry(letter.why, letter.name, record.key, record.value, record.headers)
        if message is None:
            refused += 1
            _say(f"{letter.name}: not resubmitted: no stage would read it")
            return
        to = await writer.append(message)
        await writer.append(_action("letter.resubmitted", letter, trace, to))
        _say(f"{letter.name}: resubmitted, at {to.topic}/{to.partition}/{to.offset}")

    await _each(servers, wanted, trace, one)
    if refused:
        raise NotResubmitted(f"{refused} of the letters can't be resubmitted; the lines above say why.")


async def _drop(servers: str, wanted: Wanted, trace: Trace) -> None:
    async def one(_: TopicReader, writer: Writer, letter: Letter) -> None:
        if letter.state is not State.OPEN:
            _say(f"{letter.name}: {letter.state} already; nothing done")
            return
        await writer.append(_action("letter.dropped", letter, trace))
        _say(f"{letter.name}: dropped")

    await _each(servers, wanted, trace, one)


async def _each(servers: str, wanted: Wanted, trace: Trace, one: Settle) -> None:
    """In the order in which they were refused."""
    async with all_letters(servers) as (reader, letters), writer(servers) as writing:
        all_there(letters, wanted.names)
        found = wanted.of(letters.all(), trace.at, settled=False)
        for letter in found:
            await one(reader, writing, letter)
        if not found:
            _say("no open dead letters are like that")


async def _resume(servers: str, stage: str, allow: int, trace: Trace) -> None:
    async with topic_reader(servers) as reader, writer(servers) as writing:
        await reader.take([topic_of(stage)], from_start=False)
        after = sum((await reader.ends()).values())
        value = StageResumed(stage=stage, after=after, allowed=allow, by=trace.by, why=trace.why, at=trace.at)
        await writing.append(_message("stage.resumed", stage, f"resumed:{stage}:{after}", value, trace))
    _say(f"{stage} may refuse {allow} more. If it stands still, start its worker (or `router up`) again.")


def _action(kind: str, letter: Letter, trace: Trace, to: Position | None = None) -> Message:
    name, stage = str(letter.name), letter.why.stage
    value = LetterSettled(letter=name, stage=stage, by=trace.by, why=trace.why, at=trace.at, to=to)
    return _message(kind, name, f"{kind}:{name}:{trace.at.timestamp():.6f}", value, trace)


def _message(kind: str, subject: str, event: str, value: Frozen, trace: Trace) -> Message:
    facts = Attributes(id=event, type=kind, source="/dlq", subject=subject, time=trace.at)
    return cloudevents.message(ACTIONS, subject, value, facts)


def _trace(why: str, by: str | None) -> Trace:
    if not why.strip():
        raise BadChoice("--why: expected a reason.")
    return Trace(by or _user(), why.strip(), datetime.now(UTC))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
