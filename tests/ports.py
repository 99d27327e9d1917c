"""The ports of a gateway in a process of its own, the same whenever it is started."""

from __future__ import annotations

from dataclasses import dataclass

from router.runtime.tcp_ports import choose

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    http: int
    smtp: int

    @classmethod
    def chosen(cls) -> Ports:
        """Two that nobody has."""
        http = choose(HOST)
        return cls(http, choose(HOST, taken=frozenset({http})))

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.http}"

    @property
    def mail(self) -> tuple[str, int]:
        return HOST, self.smtp

    @property
    def options(self) -> tuple[str, ...]:
        """Of `router up` and `router gateway`."""
        return "--port", str(self.http), "--smtp-port", str(self.smtp)
