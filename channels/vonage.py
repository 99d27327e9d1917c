"""Vonage SMS: a message comes in (Vonage, "Inbound SMS" and "Signing messages").

Parameters come as a GET's query, a form or JSON, as the account is set. They are signed as `&key=value`, sorted, with
`_` for `&` and `=` in values, in hex under `sig`. The account says how: ROUTER_VONAGE_SIGNATURE_METHOD, `sha256`
unless it is set, names the HMACs that are taken (`md5`, `sha1`, `sha256`, `sha512`); Vonage's own default `md5hash`,
a bare hash of parameters and secret, is weak and taken only where it is named.

Vonage tries for 24 hours and may sign each try with the first one's time, so a signature holds for a day and an hour;
used again within it, it tells the same contact. Long messages come in parts that nobody joins: each is a contact, in
`extra` which part of which message. The person's open incident holds all of them. To wait for the rest would keep
the first words of an emergency from the queue, and parts do get lost on their way (Vonage says so).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from channels.contact import Attachment, Contact, Medium
from channels.contract import MIB, Channel, Request, Secrets, Verified
from channels.errors import Forged, Misconfigured, NotTheirs
from channels.parties import parties, party
from channels.texts import bounded, cleaned, line
from channels.theirs import theirs
from channels.times import unix, within

PROVIDER = "vonage"
METHOD = "VONAGE_SIGNATURE_METHOD"
HMACS = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
BARE = "md5hash"

TRIED_FOR = timedelta(hours=25)
AHEAD = timedelta(minutes=5)

EXTRA = ("api-key", "keyword", "type", "concat-ref", "concat-part", "concat-total", "udh", "network-code")

Params = Mapping[str, str]


def params(request: Request) -> dict[str, str]:
    """Of a repeated parameter the first value counts. Raises NotTheirs where they can't be read."""
    if request.media_type == "application/json":
        return _json(request.body)
    pairs = request.form if request.body else parse_qsl(request.query, keep_blank_values=True, errors="replace")
    found: dict[str, str] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Forged unless one of `secrets` signed the parameters within the time that Vonage tries."""
    given = params(request)
    signature = given.pop("sig", "").strip().lower().encode("utf-8", "replace")
    if not signature:
        raise Forged("sig is missing")
    if any(sign in key for key in given for sign in "&="):
        raise Forged("a parameter's name can't be signed")  # it could stand for several others
    wanted = (signature_of(given, secret, method) for secret in secrets.values for method in methods(secrets))
    if not sum([hmac.compare_digest(each.encode(), signature) for each in wanted]):
        raise Forged("sig doesn't match")
    if not within(unix(given.get("timestamp")), request.received_at, before=TRIED_FOR, after=AHEAD):
        raise Forged("timestamp is too old, or missing")
    return Verified()


def methods(secrets: Secrets) -> tuple[str, ...]:
    """As set. Raises Misconfigured."""
    named = tuple(each.strip().lower() for each in secrets.option(METHOD)) or ("sha256",)
    if any(each != BARE and each not in HMACS for each in named):
        raise Misconfigured(f"ROUTER_{METHOD}: expected md5, sha1, sha256, sha512 or md5hash")
    return named


def signature_of(given: Params, secret: str, method: str) -> str:
    """The hex digest that Vonage sends as `sig` with the parameters `given`."""
    text = "".join(f"&{key}={_flat(value)}" for key, value in sorted(given.items())).encode("utf-8", "replace")
    if method == BARE:
        return hashlib.md5(text + secret.encode(), usedforsecurity=False).hexdigest()
    return hmac.new(secret.encode(), text, HMACS[method]).hexdigest()


def sign(request: Request, key: str) -> Request:
    """`request` with a timestamp, if it has none, and `sig` by HMAC-SHA256."""
    given = {"timestamp": str(int(request.received_at.timestamp())), **params(request)}
    given["sig"] = signature_of(given, key, "sha256")
    if request.media_type == "application/json":
        return replace(request, body=json.dumps(given).encode())
    if request.body:
        return replace(request, body=urlencode(given).encode())
    return replace(request, url=f"{request.url.partition('?')[0]}?{urlencode(given)}")


def parse(request: Request) -> list[Contact]:
    """One contact a message or part of one; none for a delivery receipt. Raises Malformed without a messageId."""
    given = params(request)
    if "status" in given and "text" not in given and "data" not in given:
        return []
    message_id = theirs(given.get("messageId") or given.get("message-id"), "messageId")
    text, _, cut = bounded(cleaned(given.get("text", "")))
    facts = {name: said for name in EXTRA if (said := line(given.get(name), 200))}
    if cut:
        facts["truncated"] = "text"
    return [
        Contact(
            provider=PROVIDER,
            provider_id=message_id,
            delivery=message_id,
            medium=Medium.SMS,
            sender=party(given.get("msisdn")),
            recipients=parties(given.get("to")),
            text=text,
            attachments=_binary(given.get("data", "")),
            happened_at=_pushed_at(given.get("message-timestamp")) or request.received_at,
            extra=facts,
        )
    ]


def _json(body: bytes) -> dict[str, str]:
    """What Vonage signs is each value as text."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise NotTheirs("expected a JSON object") from None
    if not isinstance(told, dict):
        raise NotTheirs("expected a JSON object")
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in told.items()}


def _flat(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")


def _binary(data: str) -> tuple[Attachment, ...]:
    """What a message of type binary holds, in hexadecimal."""
    try:
        content = bytes.fromhex(data)
    except ValueError:
        return ()
    return (Attachment.of("message.bin", "application/octet-stream", content),) if content else ()


def _pushed_at(text: str | None) -> datetime | None:
    try:
        return datetime.strptime((text or "").strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


CHANNEL = Channel(
    "vonage-sms",
    PROVIDER,
    "/hooks/vonage/sms",
    Medium.SMS,
    verify=verify,
    parse=parse,
    secrets="VONAGE_SIGNATURE_SECRETS",
    options=(METHOD,),
    sign=sign,
    limit=MIB,
    methods=("GET", "POST"),
    takes=("application/x-www-form-urlencoded", "application/json"),
)
