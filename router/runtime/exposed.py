"""A process's metrics over HTTP, for those that serve nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from channels.errors import Problem

HOST = "127.0.0.1"


class MetricsPortTaken(Problem):
    """The port for metrics can't be had."""


@contextmanager
def exposed(registry: CollectorRegistry, port: int | None) -> Iterator[None]:
    """Serves /metrics while the context lasts, from a thread of its own; None serves nothing.

    Raises MetricsPortTaken.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, HOST, registry)
    except OSError as error:
        raise MetricsPortTaken(f"port {port} can't be had for metrics ({error.strerror}).") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
