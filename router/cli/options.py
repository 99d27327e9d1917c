"""Options that several commands share, and settings from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from channels.errors import Problem

if TYPE_CHECKING:
    from router.settings import Settings


class NoKafka(Problem):
    """KAFKA_BOOTSTRAP_SERVERS isn't set. `router up` runs everything, with a Kafka of its own."""


Data = Annotated[Path | None, typer.Option("--data", help="The data folder; else ROUTER_DATA_DIR, else .data.")]
Replication = Annotated[
    int | None, typer.Option(min=1, max=9, help="Copies of each topic; else 3 where there are 3 brokers, else 1.")
]
# A part's own end of the string to the process that keeps it running.
ParentFd = Annotated[int | None, typer.Option(hidden=True)]


def settings_for(data: Path | None) -> Settings:
    """What is in force; the folder given on the command line wins."""
    from router.settings import Settings  # noqa: PLC0415 - pydantic, which `router --help` doesn't need

    return Settings() if data is None else Settings(data_dir=data)


def needed_kafka(settings: Settings) -> str:
    """KAFKA_BOOTSTRAP_SERVERS, for the parts that run one by one. Raises NoKafka."""
    if not settings.bootstrap_servers:
        raise NoKafka
    return settings.bootstrap_servers
