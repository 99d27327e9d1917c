"""Nonces that a provider's signature carries: each belongs to one content, and is remembered for its time.

The same nonce with the same content is a redelivery; with another it is a signature used again. They stand in a
file of the data folder too, one a line, so that a restart opens no gap. It isn't forced to the disk: only a machine
that loses its power may forget the last of them, and the age that a channel allows bounds that.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

from channels.contract import Verified
from channels.errors import Forged

log = structlog.get_logger()


class Nonces:
    """most: how many are kept; beyond it the oldest are forgotten first. file: None keeps them in memory alone.

    clock: seconds since the epoch.
    """

    def __init__(self, file: Path | None = None, most: int = 100_000, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._lines = 0
        if file is not None:
            self._load(file)

    def check(self, provider: str, verified: Verified, body: Callable[[], str]) -> None:
        """Raises Forged where the nonce came before with another body. body: gives its hash, where it is needed."""
        if verified.nonce is None:
            return
        until, known = self._seen.get(_key(provider, verified.nonce), (0.0, ""))
        if self._clock() < until and known != (verified.content or body()):
            raise Forged("the signature was used before, for another body")

    def remember(self, provider: str, verified: Verified, body: Callable[[], str]) -> None:
        """Called once a delivery is on the log, so that one that failed may come again. Never raises."""
        if verified.nonce is None:
            return
        until = self._clock() + verified.keep.total_seconds()
        key, seen = _key(provider, verified.nonce), (until, verified.content or body())
        self._add(key, seen)
        if self._file is not None:
            self._write(self._file, key, seen)

    def _add(self, key: str, seen: tuple[float, str]) -> None:
        self._seen[key] = seen
        self._seen.move_to_end(key)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)

    def _load(self, file: Path) -> None:
        try:
            for key, seen in _read(file):
                if seen[0] > self._clock():
                    self._add(key, seen)
            self._rewrite(file)
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("nonces.unreadable", error=type(error).__name__)

    def _write(self, file: Path, key: str, seen: tuple[float, str]) -> None:
        try:
            if self._lines >= 2 * self._most:
                self._rewrite(file)
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("a") as lines:
                    lines.write(_line(key, seen))
                self._lines += 1
        except OSError as error:
            # The delivery is on the log already; memory still holds the nonce.
            log.warning("nonces.unwritten", error=type(error).__name__)

    def _rewrite(self, file: Path) -> None:
        draft = file.with_name(f"{file.name}.new")
        draft.write_text("".join(_line(key, seen) for key, seen in self._seen.items()))
        draft.replace(file)
        self._lines = len(self._seen)


def _key(provider: str, nonce: str) -> str:
    """A hash: a nonce is whatever the sender wrote."""
    return hashlib.sha256(f"{provider}\0{nonce}".encode("utf-8", "surrogatepass")).hexdigest()


def _line(key: str, seen: tuple[float, str]) -> str:
    return f"{seen[0]:.0f} {key} {seen[1]}\n"


def _read(file: Path) -> Iterator[tuple[str, tuple[float, str]]]:
    """Lines that are whole; a crash may have cut off the last one. Raises OSError."""
    for line in file.read_text(errors="replace").splitlines():
        match line.split():
            case [until, key, body] if until.isdecimal() and until.isascii() and len(key) == len(body) == 64:
                yield key, (float(until), body)
