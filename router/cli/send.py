"""`router send`: a well-signed sample, as the provider would send it, to a gateway."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from channels.contract import Secrets
from channels.errors import Problem
from router.cli import invoked
from router.cli.pipes import quiet_end
from router.cli.where import Where, find
from router.play import mime, postmark, twilio
from router.play.people import Person, someone
from router.play.sample import Keys, Mail, Sample
from router.play.sender import Answer, Sender
from router.settings import SecretFiles, Settings

app = typer.Typer(help="Send a well-signed sample to a gateway.", no_args_is_help=True)

Make = Callable[[Person, Keys, Random], list[Sample | Mail]]

_DEFAULT_TEXT = "Hello, my dog has been limping since this morning. What should I do?"


class Via(StrEnum):
    POSTMARK = "postmark"
    SMTP = "smtp"


class Refused(Problem):
    """The gateway refused it."""


class ProviderIsOff(Problem):
    """The provider has no secret here."""


Data = Annotated[Path | None, typer.Option(help="The data folder of the running `router up`.")]
Gateway = Annotated[str | None, typer.Option(help="The gateway's address, http://HOST:PORT.")]
Words = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What the person writes.")]
Text = Annotated[str | None, typer.Option("--text", help="The same, as an option.")]
Sender_ = Annotated[str | None, typer.Option("--from", help="Who it comes from; else somebody new each time.")]
Count = Annotated[int, typer.Option(min=1, max=10_000, help="How many, one after another.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a request.")]


@app.command()
def sms(
    words: Words = None,
    text: Text = None,
    sender: Sender_ = None,
    to: Annotated[str, typer.Option(help="Our number.")] = twilio.OFFICE_NUMBER,
    picture: Annotated[bool, typer.Option("--picture", help="A picture message.")] = False,
    count: Count = 1,
    data: Data = None,
    gateway: Gateway = None,
    as_json: AsJson = False,
) -> None:
    """A text, as Twilio posts it."""

    def make(person: Person, keys: Keys, rng: Random) -> list[Sample | Mail]:
        body = words or text or _DEFAULT_TEXT
        return [twilio.text(person, body, keys, rng, to=to, media=("image/jpeg",) if picture else ())]

    _send(make, "twilio", "phone", sender, count, data, gateway, as_json=as_json)


@app.command()
def call(
    sender: Sender_ = None,
    to: Annotated[str, typer.Option(help="Our number.")] = twilio.OFFICE_NUMBER,
    withheld: Annotated[bool, typer.Option("--withheld", help="The caller hides the number.")] = False,
    seconds: Annotated[int | None, typer.Option(help="It is answered, and ends after that many seconds.")] = None,
    count: Count = 1,
    data: Data = None,
    gateway: Gateway = None,
    as_json: AsJson = False,
) -> None:
    """A call, as Twilio posts it: the webhook, then the status callbacks if it ends."""

    def make(person: Person, keys: Keys, rng: Random) -> list[Sample | Mail]:
        ring = twilio.call(person, keys, rng, to=to, withheld=withheld)
        if seconds is None:
            return [ring]
        ended = (("in-progress", None), ("completed", seconds))
        return [
            ring,
            *(
                twilio.call_status(
                    ring.provider_id,
                    person,
                    keys,
                    rng,
                    status=status,
                    sequence=sequence,
                    at=datetime.now(UTC),
                    seconds=talked,
                    to=to,
                    withheld=withheld,
                )
                for sequence, (status, talked) in enumerate(ended)
            ),
        ]

    _send(make, "twilio", "phone", sender, count, data, gateway, as_json=as_json)


@app.command()
def email(
    words: Words = None,
    text: Text = None,
    subject: Annotated[str, typer.Option(help="The subject.")] = "A question",
    sender: Sender_ = None,
    via: Annotated[Via, typer.Option(help="Postmark's webhook, or SMTP.")] = Via.POSTMARK,
    count: Count = 1,
    data: Data = None,
    gateway: Gateway = None,
    as_json: AsJson = False,
) -> None:
    """A mail, as Postmark posts it or by SMTP."""

    def make(person: Person, keys: Keys, rng: Random) -> list[Sample | Mail]:
        body, at = words or text or _DEFAULT_TEXT, datetime.now(UTC)
        if via is Via.SMTP:
            return [mime.mail(person, subject, body, rng, at=at)]
        return [postmark.email(person, subject, body, keys, rng, at=at)]

    _send(make, None if via is Via.SMTP else "postmark", "email", sender, count, data, gateway, as_json=as_json)


def keys_for(settings: Settings, gateway: str) -> Keys:
    """What this data folder's samples are signed with."""
    files = SecretFiles(settings.data_dir)
    return Keys(
        public_url=(settings.public_url or gateway).rstrip("/"),
        twilio_token=_first(files.get("TWILIO_AUTH_TOKENS")),
        postmark_auth=_first(files.get("POSTMARK_BASIC_AUTH")),
    )


def _first(secrets: Secrets) -> str | None:
    return secrets.values[0] if secrets else None


def _send(
    make: Make,
    provider: str | None,
    kind: str,
    sender: str | None,
    count: int,
    data: Path | None,
    gateway: str | None,
    *,
    as_json: bool,
) -> None:
    settings = Settings() if data is None else Settings(data_dir=data)
    where = find(settings, gateway)
    keys = keys_for(settings, where.gateway)
    if provider is not None and provider not in settings.allow_unsigned:
        _check(provider, keys)
    with quiet_end():
        asyncio.run(_send_all(make, where, keys, kind, sender, count, data, as_json=as_json))


def _check(provider: str, keys: Keys) -> None:
    secret = {"twilio": keys.twilio_token, "postmark": keys.postmark_auth}[provider]
    name = {"twilio": "ROUTER_TWILIO_AUTH_TOKENS", "postmark": "ROUTER_POSTMARK_BASIC_AUTH"}[provider]
    if secret is None:
        raise ProviderIsOff(f"{provider} is off: {name} isn't set, so there is nothing to sign with.")


async def _send_all(
    make: Make, where: Where, keys: Keys, kind: str, sender: str | None, count: int, data: Path | None, *, as_json: bool
) -> None:
    rng = random.SystemRandom()
    async with Sender(where.gateway, where.smtp) as post:
        for _ in range(count):
            person = someone(rng)
            if sender is not None:
                person = replace(person, phone=sender) if kind == "phone" else replace(person, email=sender)
            for sample in make(person, keys, rng):
                answer = await post.send(sample)
                if not answer.taken:
                    raise Refused(_why(answer, keys, where))
                _tell(answer, data, as_json=as_json)


def _tell(answer: Answer, data: Path | None, *, as_json: bool) -> None:
    if as_json:
        told = {"status": answer.status, "contact_id": answer.contact_id, "ms": round(answer.ms, 1)}
        sys.stdout.write(json.dumps(told) + "\n")
    elif answer.contact_id is None:
        sys.stdout.write(f"{answer.status} in {answer.ms:.1f} ms, but no contact came of it (dead-lettered).\n")
    else:
        sys.stdout.write(f"{answer.status} in {answer.ms:.1f} ms: {answer.contact_id}\n")
        sys.stdout.write(f"Next: {invoked.command('explain', answer.contact_id, data=data)}\n")


def _why(answer: Answer, keys: Keys, where: Where) -> str:
    match answer.status:
        case 403:
            return (
                f"{where.gateway} says that the signature is wrong (403): its secret differs from the one here, or its "
                f"public address isn't {keys.public_url} (ROUTER_PUBLIC_URL)."
            )
        case 401:
            return f"{where.gateway} wants other credentials (401): its ROUTER_POSTMARK_BASIC_AUTH differs from ours."
        case 404:
            return f"{where.gateway} has no such hook (404): is it a gateway of this version?"
        case 503:
            return f"{where.gateway} can't take it now (503): {_reason(answer.text)}."
        case _:
            return f"the gateway refused it ({answer.status}): {_reason(answer.text)}."


def _reason(text: str) -> str:
    """The gateway's own reason, in its words."""
    try:
        told = json.loads(text)
    except ValueError:
        return text.strip().rstrip(".")[:200] or "it gave no reason"
    if not isinstance(told, dict):
        return "it gave no reason"
    expected = f", expected {told['expected']}" if told.get("expected") else ""
    return f"{told.get('reason', 'it gave no reason')}{expected}"
