"""`router gateway`: the webhooks, the desk API and the SMTP listener, against KAFKA_BOOTSTRAP_SERVERS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, ParentFd, needed_kafka, settings_for

if TYPE_CHECKING:
    from router.cli.part import Ready

InheritedFd = Annotated[int | None, typer.Option(hidden=True)]


def gateway(
    data: Data = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="HTTP; 0 picks a free one.")] = 8080,
    smtp_port: Annotated[int, typer.Option(min=0, max=65535, help="SMTP; 0 picks a free one.")] = 2525,
    host: Annotated[str, typer.Option(help="The address that both listen on.")] = "127.0.0.1",
    http_fd: InheritedFd = None,
    smtp_fd: InheritedFd = None,
    parent_fd: ParentFd = None,
) -> None:
    """Run one gateway; prints one line of JSON once it serves. Needs KAFKA_BOOTSTRAP_SERVERS."""
    from router.cli import part  # noqa: PLC0415 - not needed by `router --help`

    def prepare() -> Ready:
        from router import garbage, logging  # noqa: PLC0415 - imported while the broker boots
        from router.gateway.serve import serve  # noqa: PLC0415
        from router.runtime.supervision.sockets import address_of, listen  # noqa: PLC0415

        settings = settings_for(data)
        needed_kafka(settings)
        logging.configure(settings.log_level, as_json=settings.log_json)
        http = listen(host, port, "--port") if http_fd is None else socket.socket(fileno=http_fd)
        smtp = listen(host, smtp_port, "--smtp-port") if smtp_fd is None else socket.socket(fileno=smtp_fd)

        garbage.seldom()

        async def body(ready: Callable[[], None], stop: asyncio.Event) -> None:
            def caught_up() -> None:
                garbage.stays()
                ready()

            await serve(settings, http=http, smtp=smtp, ready=caught_up, stop=stop)

        return part.Ready(body, {"ready": True, "gateway": f"http://{address_of(http)}", "smtp": address_of(smtp)})

    part.run(prepare, parent_fd)
