"""`router send`: a well-signed sample, as the provider would send it, to a gateway."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from router.cli.options import Data

app = typer.Typer(help="Send a well-signed sample to a gateway.", no_args_is_help=True)

OUR_NUMBER = "+12065550100"
QUESTION = "Hello, my dog has been limping since this morning. What should I do?"


class Via(StrEnum):
    """How a mail comes: by Postmark's webhook, or by SMTP."""

    POSTMARK = "postmark"
    SMTP = "smtp"


Gateway = Annotated[str | None, typer.Option(help="The gateway's address, http://HOST:PORT; else the running `up`'s.")]
Words = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What the person writes.")]
Text = Annotated[str | None, typer.Option("--text", help="The same, as an option.")]
From = Annotated[str | None, typer.Option("--from", help="Who it comes from; else somebody new each time.")]
To = Annotated[str, typer.Option(help="Our number.")]
Count = Annotated[int, typer.Option(min=1, max=10_000, help="How many, one after another.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a request.")]


@app.command()
def sms(
    words: Words = None,
    text: Text = None,
    sender: From = None,
    to: To = OUR_NUMBER,
    picture: Annotated[bool, typer.Option("--picture", help="A picture message.")] = False,
    count: Count = 1,
    data: Data = None,
    gateway: Gateway = None,
    as_json: AsJson = False,
) -> None:
    """A text, as Twilio posts it."""
    from router.cli import sending  # noqa: PLC0415 - heavy, and not needed by other commands

    made = sending.text(words or text or QUESTION, sender, to, picture=picture)
    sending.send(made, "twilio", sending.Target(data, gateway), count, as_json=as_json)


@app.command()
def call(
    sender: From = None,
    to: To = OUR_NUMBER,
    withheld: Annotated[bool, typer.Option("--withheld", help="The caller hides the number.")] = False,
    seconds: Annotated[
        int | None, typer.Option(min=0, help="It is answered, and ends after that many seconds.")
    ] = None,
    count: Count = 1,
    data: Data = None,
    gateway: Gateway = None,
    as_json: AsJson = False,
) -> None:
    """A call, as Twilio posts it: the webhook, then the status callbacks if it ends."""
    from router.cli import sending  # noqa: PLC0415 - as above

    made = sending.call(sender, to, seconds, withheld=withheld)
    sending.send(made, "twilio", sending.Target(data, gateway), count, as_json=as_json)


@app.command()
def email(
    words: Words = None,
    text: Text = None,
    subject: Annotated[str, typer.Option(help="The subject.")] = "A question",
    sender: From = None,
    via: Annotated[Via, typer.Option(help="Postmark's webhook, or SMTP.")] = Via.POSTMARK,
    count: Count = 1,
    data: Data = None,
    gateway: Gateway = None,
    as_json: AsJson = False,
) -> None:
    """A mail, as Postmark posts it or by SMTP."""
    from router.cli import sending  # noqa: PLC0415 - as above

    made = sending.email(words or text or QUESTION, subject, sender, smtp=via is Via.SMTP)
    provider = None if via is Via.SMTP else "postmark"
    sending.send(made, provider, sending.Target(data, gateway), count, as_json=as_json)
