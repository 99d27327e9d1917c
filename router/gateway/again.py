"""A dead letter of the gateway's that somebody has resubmitted: read again by today's channel. Pure.

It was verified when it came. What still can't be read is dead-lettered again, with one more try.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from channels.contact import Contact, Medium
from channels.contract import Channel
from channels.errors import Malformed
from channels.smtp import PROVIDER as SMTP
from router.gateway.came import CameByHttp, by_http, by_mail
from router.gateway.large import LargeDelivery
from router.gateway.reading import LargeReading, MailReading
from router.gateway.trace import traceparent
from router.model import retries
from router.stages.contract import Record

SOURCE = "/channels/"


@dataclass(frozen=True)
class Again:
    """delivery: with the body, if it was found. parse: gives its contacts; raises Malformed."""

    delivery: LargeDelivery
    parse: Callable[[], Sequence[Contact]]


def blob_of(record: Record) -> str | None:
    """The hash of a body that was too large for the record; None where the record has it."""
    size, sha256 = record.header("raw_size") or "", record.header("raw_sha256")
    return sha256 if not record.value and size not in ("", "0") else None


def again(record: Record, raw: bytes | None, channels: Mapping[str, Channel], public_url: str) -> Again | None:
    """raw: the body, None where it is gone. None for what no dead letter of the gateway's was made of."""
    try:
        letter = retries.earlier(record.headers)
    except ValidationError:
        return None
    headers = dict(retries.as_it_was(record.headers))
    name, sha256 = (headers.get(each, b"").decode("utf-8", "replace") for each in ("channel", "raw_sha256"))
    medium = "" if letter is None else letter.topic.removeprefix("inbound.")
    if letter is None or medium not in Medium.__members__.values():
        return None
    received_at = _time(headers, record.timestamp)
    request = by_http(headers, public_url, raw or b"", received_at)
    envelope = by_mail(headers)
    is_mail = name == "smtp"
    delivery = LargeDelivery(
        channel=name,
        provider=SMTP if is_mail else headers.get("ce_source", b"").decode("utf-8", "replace").removeprefix(SOURCE),
        medium=Medium(medium),
        raw=raw or b"",
        media_type=headers.get("content-type", b"").decode("utf-8", "replace"),
        received_at=received_at,
        traceparent=traceparent(record.header("traceparent")),
        came=envelope if is_mail else CameByHttp(request, ("*",)),
        tries=letter.tries + 1,
        length=int(headers.get("raw_size", b"0")) if headers.get("raw_size", b"").isdigit() else len(raw or b""),
        digest=sha256,
    )
    if raw is None:
        return Again(delivery, _refusing("body", "bytes in this gateway's store", "nothing"))
    if is_mail:
        reading = MailReading(envelope.sender, envelope.recipients, received_at)
        return Again(delivery, lambda: reading(raw))
    channel = channels.get(name)
    if channel is None:
        return Again(delivery, _refusing("channel", "a hook that is served", "another"))
    parsing = LargeReading(channel.parse, request, theirs=True)
    return Again(delivery, lambda: parsing(raw))


def _refusing(field: str, expected: str, got: str) -> Callable[[], Sequence[Contact]]:
    def refuse() -> Sequence[Contact]:
        raise Malformed(field, expected, got)

    return refuse


def _time(headers: Mapping[str, bytes], otherwise: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(headers.get("ce_time", b"").decode("utf-8", "replace"))
    except ValueError:
        return otherwise
    return otherwise if at.tzinfo is None else at
