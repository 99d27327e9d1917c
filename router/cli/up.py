"""`router up`: broker, gateway, worker and SMTP listener in the foreground, until a signal."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, Replication, settings_for

if TYPE_CHECKING:
    from router.runtime.supervision.platform import Options
    from router.settings import Settings

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(
    data: Data = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="HTTP; 0 picks a free one.")] = 8080,
    smtp_port: Annotated[int, typer.Option(min=0, max=65535, help="SMTP; 0 picks a free one.")] = 2525,
    kafka_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The embedded Kafka's; kept with the data, 9092 at first; 0 picks one."),
    ] = None,
    host: Annotated[str, typer.Option(help="The address that HTTP and SMTP listen on.")] = "127.0.0.1",
    replication: Replication = None,
) -> None:
    """Run everything: Kafka (unless KAFKA_BOOTSTRAP_SERVERS is set), gateway, worker, SMTP.

    Prints one line of JSON once it can serve. SIGINT or SIGTERM stops all of it.
    """
    from router import logging  # noqa: PLC0415 - not needed by `router --help`
    from router.runtime.supervision.platform import Options  # noqa: PLC0415

    settings = settings_for(data)
    logging.configure(settings.log_level, as_json=settings.log_json)
    options = Options(host=host, port=port, smtp_port=smtp_port, kafka_port=kafka_port, replication=replication)
    asyncio.run(serve(options, settings))


async def serve(options: Options, settings: Settings) -> None:
    """Until a signal: a first one stops in order, a second one at once."""
    import structlog  # noqa: PLC0415

    from router.runtime.supervision.happening import Happening  # noqa: PLC0415
    from router.runtime.supervision.platform import Platform  # noqa: PLC0415

    log = structlog.get_logger()

    def tell(happening: Happening) -> None:
        log.info(happening.event, part=happening.part, says=happening.sentence)

    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("no task")
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    for number in STOPS:
        loop.add_signal_handler(number, stop)
    try:
        async with Platform(options, settings, tell) as platform:
            told = platform.endpoints
            line = {"ready": True, "gateway": told.gateway, "smtp": told.smtp, "kafka": told.kafka}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
            await platform.failed()
    except asyncio.CancelledError:
        if not stopped:
            raise
