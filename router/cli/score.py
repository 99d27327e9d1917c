"""`router score`: how severe a message is, for which skill, and why; one by hand, or a file of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Channel(StrEnum):
    """How the message came."""

    SMS = "sms"
    EMAIL = "email"
    CALL = "call"
    TICKET = "ticket"
    SOCIAL = "social"


def score(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="What the person wrote; - reads standard input.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject, of a mail or ticket.")] = None,
    channel: Annotated[Channel, typer.Option(help="How it came.")] = Channel.SMS,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    jsonl: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Instead: each row of a file again, with its assessment; or -.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="With --jsonl: where to; else stdout.")] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="With --jsonl: leave out lines that can't be read, and count them.")
    ] = False,
) -> None:
    """Tell the severity, the skills and the languages of a message, and show the words that decided it."""
    if (text is None) is (jsonl is None):
        raise typer.BadParameter("one of the two is needed: a text, or --jsonl FILE", param_hint="[TEXT]")
    if jsonl is None and (output is not None or skip_bad):
        raise typer.BadParameter("it goes with --jsonl", param_hint="--output, --skip-bad")
    if jsonl is not None:
        from router.cli import score_file  # noqa: PLC0415 - heavy, and not needed by other commands

        score_file.score(jsonl, output, skip_bad=skip_bad)
    elif text is not None:
        from router.cli import score_text  # noqa: PLC0415

        score_text.score(text, subject, channel.value, as_json=as_json)
