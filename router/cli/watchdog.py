"""`router watchdog`: says what is wrong, from the topics alone. Any number of them say the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, ParentFd, needed_kafka, settings_for

if TYPE_CHECKING:
    from router.cli.part import Ready

Gateways = Annotated[
    list[str] | None, typer.Option("--gateway", help="A gateway whose metrics it reads, http://HOST:PORT; several.")
]
MetricsPort = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Serve its own metrics at /metrics on 127.0.0.1.")
]


def watchdog(
    data: Data = None, gateway: Gateways = None, metrics_port: MetricsPort = None, parent_fd: ParentFd = None
) -> None:
    """Watch that nobody waits for ever; prints one line of JSON once it has read everything. Needs
    KAFKA_BOOTSTRAP_SERVERS."""
    from router.cli import part  # noqa: PLC0415 - not needed by `router --help`

    def prepare() -> Ready:
        from router import logging  # noqa: PLC0415 - as above
        from router.runtime import topics  # noqa: PLC0415
        from router.runtime.exposed import exposed  # noqa: PLC0415
        from router.watchdog.meters import Meters  # noqa: PLC0415
        from router.watchdog.serve import Watchdog  # noqa: PLC0415

        settings = settings_for(data)
        bootstrap, wanted = needed_kafka(settings), topics.load()
        logging.configure(settings.log_level, as_json=settings.log_json)

        async def body(ready: Callable[[], None], stop: asyncio.Event) -> None:
            meters = Meters()
            gateways = [each.rstrip("/") for each in gateway or ()]
            with exposed(meters.registry, metrics_port):
                await Watchdog(bootstrap, wanted, gateways, meters).serve(ready, stop)

        return part.Ready(body, {"ready": True, "watchdog": bootstrap})

    part.run(prepare, parent_fd)
