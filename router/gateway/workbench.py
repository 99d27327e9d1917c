"""The other end of a workshop: a process that does what it is told, one job after the other.

A frame is eight bytes of length and a pickle; both ends are one program and one user, joined by pipes that nobody
else has. It ends when its input does, so also when the gateway is killed.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from channels.errors import ChannelProblem, Malformed, Problem

LENGTH = 8
NICER = 5
MOST_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: a mail that unfolds without end ends in MemoryError, and not in the machine's trouble."""


@dataclass(frozen=True)
class Job:
    """function must be importable by its name."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Done:
    value: Any


@dataclass(frozen=True)
class Failed:
    """raised: a Problem's class and what makes another one of it; else kind alone, the error's type."""

    kind: str
    raised: tuple[type[Problem], tuple[str, ...]] | None = None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the gateway decides
    os.nice(NICER)  # a text message's way comes first
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, answers)


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Until `jobs` ends."""
    while head := jobs.read(LENGTH):
        answers.write(framed(outcome(jobs.read(int.from_bytes(head, "big")))))
        answers.flush()


def outcome(pickled: bytes) -> Done | Failed:
    """Never raises: what goes wrong is told, without words that may quote the content."""
    try:
        job: Job = pickle.loads(pickled)  # noqa: S301 - of our own gateway
        return Done(job.function(*job.arguments))
    except Malformed as problem:
        return Failed("Malformed", (type(problem), (problem.field, problem.expected, problem.got)))
    except ChannelProblem as problem:
        return Failed(type(problem).__name__, (type(problem), (str(problem),)))
    except Exception as error:
        return Failed(type(error).__name__)


def framed(value: object) -> bytes:
    pickled = pickle.dumps(value)
    return len(pickled).to_bytes(LENGTH, "big") + pickled
