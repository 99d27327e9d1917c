"""`router worker`: the stages, against KAFKA_BOOTSTRAP_SERVERS. Any number of them share the work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, ParentFd, needed_kafka, settings_for

if TYPE_CHECKING:
    from router.cli.part import Ready

# "Don't start me again": what ended it would end the next one too.
FOR_GOOD = 78
# "Nor in this case; but everything else can go on": it refuses too many records.
CAPPED = 79


MetricsPort = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Serve this worker's own metrics at /metrics on 127.0.0.1.")
]


def worker(data: Data = None, metrics_port: MetricsPort = None, parent_fd: ParentFd = None) -> None:
    """Run one worker; prints one line of JSON once it has its partitions. Needs KAFKA_BOOTSTRAP_SERVERS."""
    from router.cli import part  # noqa: PLC0415 - not needed by `router --help`

    def prepare() -> Ready:
        from router import deployment, garbage, logging  # noqa: PLC0415 - imported while the broker boots
        from router.runtime import topics  # noqa: PLC0415
        from router.runtime.cap import TooManyDeadLetters  # noqa: PLC0415
        from router.runtime.exposed import exposed  # noqa: PLC0415
        from router.runtime.farewell import worker_name  # noqa: PLC0415
        from router.runtime.kafka import KafkaCluster  # noqa: PLC0415
        from router.runtime.meters import Meters  # noqa: PLC0415
        from router.runtime.worker import serve, warm  # noqa: PLC0415
        from router.settings import StateIn  # noqa: PLC0415

        settings = settings_for(data)
        name = worker_name(os.getpid())
        cluster = KafkaCluster(needed_kafka(settings), name)
        logging.configure(settings.log_level, as_json=settings.log_json)
        found, wanted = deployment.load(settings.config), topics.load()
        garbage.seldom()
        warm(settings.scoring_encoder)
        garbage.stays()

        async def body(ready: Callable[[], None], stop: asyncio.Event) -> None:
            meters = Meters()
            with exposed(meters.registry, metrics_port):
                await serve(
                    found,
                    wanted,
                    cluster,
                    meters,
                    ready=ready,
                    stop=stop,
                    state=settings.data_dir / "state",
                    on_disk=settings.state is StateIn.DISK,
                    encoder=settings.scoring_encoder,
                )

        line = {"ready": True, "worker": name}
        return part.Ready(body, line, failed=FOR_GOOD, statuses={TooManyDeadLetters: CAPPED})

    part.run(prepare, parent_fd)
