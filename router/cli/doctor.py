"""`router doctor`: every check that one would make at night, each with what to do."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, settings_for

if TYPE_CHECKING:
    from router.cli.doctor_check import Outcome
    from router.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object: what was found, check by check.")]
Gateway = Annotated[str | None, typer.Option(help="http://HOST:PORT; else the running `up`'s.")]


def doctor(data: Data = None, gateway: Gateway = None, as_json: AsJson = False) -> None:
    """Check everything, within seconds, and say what to do. Exit status 1 if a check fails.

    With Kafka down it says so, and checks what can be checked without it.
    """
    from router.cli.doctor_check import Level  # noqa: PLC0415 - not needed by `router --help`

    settings = settings_for(data)
    _quiet(settings)
    found = asyncio.run(_found(settings, gateway, named=data is not None))
    failed = any(outcome.level is Level.FAIL for _, outcome in found)
    if as_json:
        told = [{"check": name, "level": each.level, "says": each.says, "mend": each.mend} for name, each in found]
        sys.stdout.write(json.dumps({"ok": not failed, "checks": told}, indent=2) + "\n")
    else:
        from router.cli import doctor_view  # noqa: PLC0415 - rich

        doctor_view.show(found)
    if failed:
        raise typer.Exit(1)


def _quiet(settings: Settings) -> None:
    from router import logging  # noqa: PLC0415

    logging.configure(settings.log_level)


async def _found(settings: Settings, gateway: str | None, *, named: bool) -> list[tuple[str, Outcome]]:
    from router.cli import doctor_gateway, doctor_machine  # noqa: PLC0415
    from router.cli.doctor_check import examined  # noqa: PLC0415
    from router.runtime import running  # noqa: PLC0415

    up = running.find(settings.data_dir)
    if named and up is not None:
        settings = settings.model_copy(update={"bootstrap_servers": None})
    bootstrap = settings.bootstrap_servers or (up.kafka if up else None)
    asked = gateway.rstrip("/") if gateway else up.gateway if up else None
    local = [
        *doctor_machine.checks(settings),
        *doctor_gateway.checks(asked, up.smtp if up is not None and asked == up.gateway else None),
    ]
    machine, broker = await asyncio.gather(examined(local), _at_broker(bootstrap))
    return [*machine, *broker]


async def _at_broker(bootstrap: str | None) -> list[tuple[str, Outcome]]:
    from router.cli.doctor_broker import NAMES, reached  # noqa: PLC0415
    from router.cli.doctor_check import examined, fail, skipped  # noqa: PLC0415
    from router.runtime import topics  # noqa: PLC0415

    if bootstrap is None:
        first = fail("no broker is known: no `up` is ready here", "Start `router up`, or set KAFKA_BOOTSTRAP_SERVERS.")
        return [("broker", first), *((name, skipped("not without a broker")) for name in NAMES)]
    async with reached(bootstrap, topics.load()) as (outcome, broker):
        if broker is None:
            return [("broker", outcome), *((name, skipped("not without the broker")) for name in NAMES)]
        return [("broker", outcome), *await examined(broker.checks())]
