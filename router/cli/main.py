"""The command line. A Problem is one sentence on stderr and exit status 2; nobody is shown a traceback.

Each command group is a module, registered here. They import what is heavy only once they run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from router.cli import (
    broker,
    config,
    dlq,
    doctor,
    evaluate,
    explain,
    gateway,
    rebuild,
    rules,
    run,
    score,
    send,
    setup,
    tail,
    topics,
    up,
    watchdog,
    worker,
)
from router.cli.explained import BUG, explained


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        help="Routes contacts of any channel to the one agent who should have them.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command("run")(run.run)
    app.command("up")(up.up)
    app.command("gateway")(gateway.gateway)
    app.command("worker")(worker.worker)
    app.command("watchdog")(watchdog.watchdog)
    app.command("broker")(broker.broker)
    app.command("rebuild")(rebuild.rebuild)
    app.add_typer(topics.app, name="topics")
    app.command("tail")(tail.tail)
    app.add_typer(send.app, name="send")
    app.command("explain")(explain.explain)
    app.command("score")(score.score)
    app.command("evaluate")(evaluate.evaluate)
    app.add_typer(rules.app, name="rules")
    app.add_typer(dlq.app, name="dlq")
    app.command("doctor")(doctor.doctor)
    app.command("config")(config.config)
    app.command("setup")(setup.setup)
    return app


def main() -> None:
    with ended():
        build()()


@contextmanager
def ended() -> Iterator[None]:
    """Ends the process with a sentence and a status where an error gets this far."""
    try:
        yield
    except Exception as error:
        sentence, status = explained(error)
        sys.stderr.write(f"router: {sentence}\n")
        if status == BUG and os.environ.get("ROUTER_LOG_LEVEL", "").lower() == "debug":
            raise
        sys.exit(status)
