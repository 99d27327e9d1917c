"""The ledger on disk, outside the system: a line a request and a line an answer, in a file that only grows.

A request stands there before it is sent, its answer before the next one of that person is: so what the file says was
acknowledged was, even if the driver dies.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from tests.checker.ledger import Asked, Ledger, Sent


@dataclass(frozen=True)
class Delivery:
    """One request of a provider. line: whose order counts: a person's address on one channel; None where no order does.

    number: the place in the line. sent, answered: seconds since the epoch; answered None where no 2xx came.
    """

    what: Sent
    contact_id: str
    line: str | None
    number: int
    sent: float
    answered: float | None = None


@dataclass
class Book:
    """Use as a context."""

    path: Path
    deliveries: list[Delivery] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    _file: TextIO | None = None

    def __enter__(self) -> Self:
        self._file = self.path.open("a", buffering=1)  # a line is handed to the kernel as it is written
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def sends(self, provider: str, provider_id: str, delivery: str, contact_id: str, line: str | None, n: int) -> int:
        """Notes a delivery before its first try; its number in the book."""
        self.deliveries.append(Delivery(Sent(provider, provider_id, delivery, False), contact_id, line, n, time.time()))
        entry = len(self.deliveries) - 1
        ids = {"provider": provider, "provider_id": provider_id, "delivery": delivery, "contact": contact_id}
        self._write({"sends": entry, **ids, "line": line, "number": n})
        return entry

    def answered(self, entry: int, status: int | None) -> None:
        """status: of HTTP or SMTP; None where no answer came."""
        self._write({"answer_to": entry, "status": status})
        self.count("contact", status)
        if status is not None and 200 <= status < 300:
            noted = self.deliveries[entry]
            told = Sent(noted.what.provider, noted.what.provider_id, noted.what.delivery, True)
            self.deliveries[entry] = Delivery(
                told, noted.contact_id, noted.line, noted.number, noted.sent, noted.answered or time.time()
            )

    def asks(self, command: Asked, name: str) -> None:
        self._write({"asks": name, "id": command.command_id, "incident": command.incident_id, "status": command.status})
        self.count(name, command.status)
        self.asked.append(command)

    def count(self, what: str, status: int | None) -> None:
        key = f"{what} {'no answer' if status is None else status}"
        self.statuses[key] = self.statuses.get(key, 0) + 1

    @property
    def acknowledged(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.what.acknowledged]

    def ledger(self) -> Ledger:
        """What the checker compares the topics with."""
        return Ledger([one.what for one in self.deliveries], list(self.asked))

    def _write(self, line: dict[str, object]) -> None:
        if self._file is None:
            raise ValueError("not open")
        self._file.write(json.dumps({"at": round(time.time(), 4), **line}) + "\n")
