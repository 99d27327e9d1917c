"""`router topics`: what topics.yaml says, whether a cluster is like that, and the contract with those who read it."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, Replication

if TYPE_CHECKING:
    from router.model.topics import Topic

app = typer.Typer(help="List, create, check and document the topics of topics.yaml.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a topic.")]


class Format(StrEnum):
    YAML = "yaml"
    JSON = "json"


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """What each topic is: partitions, retention, cleanup, writer, readers, description, key, types."""
    from router.runtime.topics import load  # noqa: PLC0415 - not needed by `router --help`

    topics = load()
    if as_json:
        for name, topic in topics.items():
            sys.stdout.write(json.dumps({"topic": name, **topic.model_dump(mode="json")}) + "\n")
        return
    from rich.table import Table  # noqa: PLC0415

    from router.cli.pipes import PipedConsole, quiet_end  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    for heading in ("topic", "partitions", "kept", "writer", "readers"):
        table.add_column(heading, no_wrap=heading == "topic")
    table.add_column("what", ratio=1, min_width=30)
    for name, topic in topics.items():
        table.add_row(name, *_cells(topic))
    console = PipedConsole()
    if not console.is_terminal:
        console.width = 160
    with quiet_end():
        console.print(table)
        console.print("compact: the last record of each key stays, until its writer removes the key.", soft_wrap=True)


def _cells(topic: Topic) -> tuple[str, ...]:
    cleanup = "" if topic.cleanup.value == "delete" else f"\n{topic.cleanup.value}"
    return (
        str(topic.partitions),
        f"{topic.retention_days} days{cleanup}",
        "\n".join(topic.writers),
        "\n".join(topic.readers),
        f"{topic.description}\n[dim]key: {topic.key}\ntypes: {', '.join(topic.types)}[/]",
    )


@app.command()
def create(data: Data = None, replication: Replication = None) -> None:
    """Create those that the cluster lacks."""
    from router.cli.where import kafka_servers  # noqa: PLC0415
    from router.runtime.topics import connected, load  # noqa: PLC0415

    async def run(bootstrap: str) -> tuple[str, ...]:
        async with connected(bootstrap) as admin:
            return await admin.create(load(), replication)

    created = asyncio.run(run(kafka_servers(data)))
    for name in created:
        sys.stdout.write(f"created {name}\n")
    if not created:
        sys.stdout.write("every topic is there\n")


@app.command()
def check(data: Data = None, replication: Replication = None) -> None:
    """Name every difference between the cluster and topics.yaml; exit status 1 if there is one."""
    from router.cli.where import kafka_servers  # noqa: PLC0415
    from router.runtime.topics import Difference, connected, load  # noqa: PLC0415

    topics = load()

    async def run(bootstrap: str) -> list[Difference]:
        async with connected(bootstrap) as admin:
            return await admin.differences(topics, replication)

    differences = asyncio.run(run(kafka_servers(data)))
    for difference in differences:
        sys.stdout.write(f"{difference}\n")
    if differences:
        raise typer.Exit(1)
    sys.stdout.write(f"all {len(topics)} topics are as topics.yaml says\n")


@app.command()
def doc(
    kind: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="With --json: this event type's only.")] = None,
    as_schemas: Annotated[bool, typer.Option("--json", help="The JSON Schemas, by event type.")] = False,
    written: Annotated[Format, typer.Option("--format", help="Of the AsyncAPI document.")] = Format.YAML,
    output: Annotated[Path | None, typer.Option(help="A file to write it to, instead of printing it.")] = None,
) -> None:
    """The AsyncAPI document of all topics and events; with --json the events' JSON Schemas."""
    from router.cli import contract  # noqa: PLC0415
    from router.cli.pipes import quiet_end  # noqa: PLC0415

    if kind is not None and not as_schemas:
        raise typer.BadParameter("it goes with --json", param_hint="TYPE")
    as_json = written is Format.JSON
    text = contract.json_schemas(kind) if as_schemas else contract.document(as_json=as_json)
    if output is not None:
        output.write_text(text, encoding="utf-8")
        return
    with quiet_end():
        sys.stdout.write(text)
