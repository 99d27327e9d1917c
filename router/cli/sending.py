"""What `router send` does: makes a sample, signs it with the secrets in force here, posts it, tells the answer."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from channels.contract import Secrets
from channels.errors import Problem
from router.cli import invoked
from router.cli.options import settings_for
from router.cli.pipes import quiet_end
from router.cli.where import Where, find
from router.play import mime, postmark, twilio
from router.play.people import someone
from router.play.sample import Keys, Mail, Sample
from router.play.sender import Answer, Sender
from router.settings import SecretFiles, Settings

Make = Callable[[Keys, Random], list[Sample | Mail]]


class Refused(Problem):
    """The gateway refused it."""


class ProviderIsOff(Problem):
    """The provider has no secret here."""


@dataclass(frozen=True)
class Target:
    """Where to, as the command line says it; None where the settings hold."""

    data: Path | None
    gateway: str | None


def text(words: str, sender: str | None, to: str, *, picture: bool) -> Make:
    def make(keys: Keys, rng: Random) -> list[Sample | Mail]:
        person = someone(rng)
        media = ("image/jpeg",) if picture else ()
        return [twilio.text(replace(person, phone=sender or person.phone), words, keys, rng, to=to, media=media)]

    return make


def call(sender: str | None, to: str, seconds: int | None, *, withheld: bool) -> Make:
    def make(keys: Keys, rng: Random) -> list[Sample | Mail]:
        person = someone(rng)
        person = replace(person, phone=sender or person.phone)
        ring = twilio.call(person, keys, rng, to=to, withheld=withheld)
        states = () if seconds is None else (("in-progress", None), ("completed", seconds))
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
                for sequence, (status, talked) in enumerate(states)
            ),
        ]

    return make


def email(words: str, subject: str, sender: str | None, *, smtp: bool) -> Make:
    def make(keys: Keys, rng: Random) -> list[Sample | Mail]:
        person, at = someone(rng), datetime.now(UTC)
        person = replace(person, email=sender or person.email)
        if smtp:
            return [mime.mail(person, subject, words, rng, at=at)]
        return [postmark.email(person, subject, words, keys, rng, at=at)]

    return make


def send(make: Make, provider: str | None, target: Target, count: int, *, as_json: bool) -> None:
    """provider: whose secret signs it, None for SMTP. Raises NotRunning, Unreachable, ProviderIsOff, Refused."""
    settings = settings_for(target.data)
    where = find(settings, target.gateway)
    keys = keys_for(settings, where.gateway)
    if provider is not None and provider not in settings.allow_unsigned:
        _check(provider, keys)
    with quiet_end():
        asyncio.run(_send_all(make, where, keys, count, target.data, as_json=as_json))


def keys_for(settings: Settings, gateway: str) -> Keys:
    """What samples for the gateway are signed with here: the newest secret of each provider."""
    files = SecretFiles(settings.data_dir)
    return Keys(
        public_url=(settings.public_url or gateway).rstrip("/"),
        twilio_token=_first(files.get("TWILIO_AUTH_TOKENS")),
        postmark_auth=_first(files.get("POSTMARK_BASIC_AUTH")),
    )


def _first(secrets: Secrets) -> str | None:
    return secrets.values[0] if secrets else None


def _check(provider: str, keys: Keys) -> None:
    secret = {"twilio": keys.twilio_token, "postmark": keys.postmark_auth}[provider]
    name = {"twilio": "ROUTER_TWILIO_AUTH_TOKENS", "postmark": "ROUTER_POSTMARK_BASIC_AUTH"}[provider]
    if secret is None:
        raise ProviderIsOff(f"{provider} is off: {name} isn't set, so there is nothing to sign with.")


async def _send_all(make: Make, where: Where, keys: Keys, count: int, data: Path | None, *, as_json: bool) -> None:
    rng = random.SystemRandom()
    contact_id = None
    async with Sender(where.gateway, where.smtp) as post:
        for _ in range(count):
            for sample in make(keys, rng):
                answer = await post.send(sample)
                if not answer.taken:
                    raise Refused(_why(answer, keys, where))
                sys.stdout.write((_json(answer) if as_json else _words(answer)) + "\n")
                sys.stdout.flush()
                contact_id = answer.contact_id or contact_id
    if contact_id is not None and not as_json:
        sys.stdout.write(f"Next: {invoked.command('explain', contact_id, data=data)}\n")


def _json(answer: Answer) -> str:
    return json.dumps({"status": answer.status, "contact_id": answer.contact_id, "ms": round(answer.ms, 1)})


def _words(answer: Answer) -> str:
    what = answer.contact_id or "no contact came of it, it was dead-lettered"
    return f"{answer.status} in {answer.ms:.1f} ms: {what}"


def _why(answer: Answer, keys: Keys, where: Where) -> str:
    match answer.status:
        case 403:
            return (
                f"{where.gateway} says that the signature is wrong (403): its secret differs from the one here, or its "
                f"public address isn't {keys.public_url} (ROUTER_PUBLIC_URL)."
            )
        case 401:
            return f"{where.gateway} wants other credentials (401): its secret differs from the one here."
        case 404:
            return f"{where.gateway} has no such hook (404): is it a gateway of this version?"
        case 503:
            return f"{where.gateway} can't take it now (503): {_reason(answer.text)}."
        case _:
            return f"it was refused ({answer.status}): {_reason(answer.text)}."


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
