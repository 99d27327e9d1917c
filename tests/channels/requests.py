"""Requests as the edge sees them, signed as their provider would sign them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from channels.contact import Contact
from channels.contract import Channel, Request
from channels.smtp import parse_mail
from channels.twilio import signature

PUBLIC = "https://router.example.com"
AT = datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)
SECRET = "sender:5ecret"
PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


def twilio(url: str, body: bytes, token: str = SECRET) -> Request:
    signed = signature.sign(url, parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True), token)
    return Request("POST", url, (("X-Twilio-Signature", signed), ("Content-Type", FORM)), body, AT)


def twilio_form(channel: Channel, **params: str) -> Request:
    return twilio(PUBLIC + channel.path, urlencode(params).encode())


def postmark(url: str, body: bytes, secret: str = SECRET) -> Request:
    basic = b64encode(secret.encode()).decode()
    return Request("POST", url, (("Authorization", f"Basic {basic}"), ("Content-Type", "application/json")), body, AT)


def postmark_mail(**fields: object) -> Request:
    return postmark(f"{PUBLIC}/hooks/postmark/inbound", json.dumps(fields).encode())


SIGN: Mapping[str, Callable[[str, bytes, str], Request]] = {"twilio": twilio, "postmark": postmark}
"""How each provider signs; a provider of CHANNELS that is missing here fails the conformance suite."""


def signed(channel: Channel, body: bytes, secret: str = SECRET) -> Request:
    return SIGN[channel.provider](PUBLIC + channel.path, body, secret)


def payloads(folder: str) -> list[Path]:
    """Golden requests of a channel, or of "mail"; beside each lies what it must become."""
    return sorted(path for path in (PAYLOADS / folder).iterdir() if ".expected" not in path.name)


def expected(path: Path) -> object:
    return json.loads(path.with_suffix(".expected.json").read_text())


def mail(content: bytes) -> Contact:
    return parse_mail(content, "bounce-17@mail.example.org", ("Help@Pets.example.com",), AT)


def shown(contact: Contact) -> object:
    """A contact as its expectation is written: without what has its default."""
    return contact.model_dump(mode="json", exclude_defaults=True)
