"""How a delivery came, as far as reading it again needs: one header of a dead letter. Pure.

request    of a webhook: method, url and the headers that the channel reads; never those it was verified by
envelope   of a mail over SMTP: sender and recipients
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import ValidationError

from channels.contact import Frozen
from channels.contract import Request

REQUEST = "request"
ENVELOPE = "envelope"
ALWAYS = "content-type"


class Came(Protocol):
    def header(self) -> tuple[str, bytes]: ...


@dataclass(frozen=True)
class CameByHttp:
    """reads: as in Channel."""

    request: Request
    reads: tuple[str, ...] = ()

    def header(self) -> tuple[str, bytes]:
        kept = [(name, value) for name, value in self.request.headers if _is_read(name, self.reads)]
        told = {"method": self.request.method, "url": self.request.url, "headers": kept}
        return REQUEST, json.dumps(told).encode()


@dataclass(frozen=True)
class CameByMail:
    sender: str
    recipients: tuple[str, ...]

    def header(self) -> tuple[str, bytes]:
        return ENVELOPE, json.dumps({"sender": self.sender, "recipients": self.recipients}).encode()


class _Request(Frozen):
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]


class _Envelope(Frozen):
    sender: str
    recipients: tuple[str, ...]


def by_http(headers: Mapping[str, bytes], url: str, body: bytes, received_at: datetime) -> Request:
    """The request again. url: for a letter that was kept without its request, of which only the type is known."""
    try:
        kept = _Request.model_validate_json(headers.get(REQUEST, b""))
    except ValidationError:
        media_type = headers.get(ALWAYS, b"").decode("latin-1")
        kept = _Request(method="POST", url=url, headers=((ALWAYS, media_type),))
    return Request(kept.method, kept.url, kept.headers, body, received_at)


def by_mail(headers: Mapping[str, bytes]) -> CameByMail:
    """The envelope again; an empty one for a letter that was kept without."""
    try:
        kept = _Envelope.model_validate_json(headers.get(ENVELOPE, b""))
    except ValidationError:
        return CameByMail("", ())
    return CameByMail(kept.sender, kept.recipients)


def _is_read(name: str, reads: tuple[str, ...]) -> bool:
    found = name.lower()
    return found == ALWAYS or any(
        found.startswith(each[:-1].lower()) if each.endswith("*") else found == each.lower() for each in reads
    )
