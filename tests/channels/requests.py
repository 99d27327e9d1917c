"""Requests as the edge sees them, made of golden payloads and signed as their provider would sign them.

A channel's folder in tests/payloads holds bodies (`plain.form`, `plain.json`, `plain.multipart`, …), beside each
what it becomes (`plain.expected.json`: a contact, or a list of them) and, where it differs from a POST of that type,
how it is sent (`plain.head.json`: `method`, `query`, `headers`). `keys.json` says what it is signed with and verified
by, where that isn't one shared secret: `sign` and `verify`, the same again under `old` and `other`, `options`, and
`fetched` by URL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from channels.contact import Contact
from channels.contract import Channel, Request, Secrets
from channels.postmark import CHANNEL as POSTMARK
from channels.smtp import parse_mail

PUBLIC = "https://router.example.com"
AT = datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)
SECRET = "sender:5ecret"
PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
TYPES = {".form": FORM, ".json": "application/json", ".txt": "text/plain; charset=UTF-8", ".eml": "message/rfc822"}
BESIDE = (".expected", ".head", "keys.json")


@dataclass(frozen=True)
class Keys:
    """What a provider signs with, and what we verify it by."""

    sign: str
    verify: str


@dataclass(frozen=True)
class Signing:
    """present, old: both in force while one is rotated. other: somebody else's."""

    present: Keys
    old: Keys
    other: Keys
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fetched: Mapping[str, bytes] = field(default_factory=dict)

    def secrets(self, *keys: Keys) -> Secrets:
        return Secrets(tuple(one.verify for one in keys), self.options)


def signing(channel: Channel) -> Signing:
    """As the payloads' folder says, else shared secrets."""
    path = PAYLOADS / channel.name / "keys.json"
    told = json.loads(path.read_text()) if path.exists() else {}
    return Signing(
        _keys(told, SECRET),
        _keys(told.get("old", {}), "old:secret"),
        _keys(told.get("other", {}), "another:secret"),
        {name: tuple(values) for name, values in told.get("options", {}).items()},
        {url: content.encode() for url, content in told.get("fetched", {}).items()},
    )


def _keys(told: Mapping[str, str], otherwise: str) -> Keys:
    return Keys(told.get("sign", otherwise), told.get("verify", otherwise))


def unsigned(channel: Channel, path: Path, body: bytes | None = None) -> Request:
    """The request that a payload is sent in; `body` in place of its own."""
    content = path.read_bytes() if body is None else body
    head_path = path.with_suffix(".head.json")
    head = json.loads(head_path.read_text()) if head_path.exists() else {}
    headers = dict(head.get("headers", {}))
    if not any(name.lower() == "content-type" for name in headers) and head.get("method", "POST") != "GET":
        headers["Content-Type"] = TYPES.get(path.suffix) or _multipart(path)
    query = f"?{head['query']}" if head.get("query") else ""
    return Request(
        head.get("method", "POST"),
        PUBLIC + channel.path + query,
        tuple(headers.items()),
        content,
        AT,
        signing(channel).fetched,
    )


def _multipart(path: Path) -> str:
    """Of the payload, whose first line has the boundary."""
    boundary = path.read_bytes().partition(b"\r\n")[0].decode()[2:]
    return f"multipart/form-data; boundary={boundary}"


def signed(channel: Channel, path: Path, body: bytes | None = None, keys: Keys | None = None) -> Request:
    return channel.sign(unsigned(channel, path, body), (keys or signing(channel).present).sign)


def grown(path: Path, size: int) -> bytes:
    """A payload whose longest text is told so often that the body has about `size` bytes."""
    body = path.read_bytes()
    if path.suffix == ".form":
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True)
        name, longest = max(pairs, key=lambda pair: len(pair[1]), default=("", ""))
        more = urlencode({name: longest * (size // (3 * len(longest) + 1))})
        return urlencode([pair for pair in pairs if pair != (name, longest)]).encode() + b"&" + more.encode()
    if path.suffix == ".multipart":
        pieces = body.split(b"\r\n--")
        at = max(range(len(pieces)), key=lambda each: len(pieces[each]))
        head, mark, content = pieces[at].partition(b"\r\n\r\n")
        pieces[at] = head + mark + content * (size // (len(content) + 1))
        return b"\r\n--".join(pieces)
    text = body.decode("utf-8", "replace")
    longest = max(re.findall(r'(?<=: ")[^"\\\\]+(?=")', text), key=len, default="x")
    return text.replace(longest, longest * (size // len(longest)), 1).encode()


def form(channel: Channel, pairs: Mapping[str, str], secret: str = SECRET) -> Request:
    """A signed form of a channel that takes forms."""
    headers = (("Content-Type", FORM),)
    return channel.sign(Request("POST", PUBLIC + channel.path, headers, urlencode(pairs).encode(), AT), secret)


def twilio_form(channel: Channel, **params: str) -> Request:
    return form(channel, params)


def json_request(channel: Channel, body: object, secret: str = SECRET) -> Request:
    """A signed JSON request of a channel that takes JSON."""
    headers = (("Content-Type", "application/json"),)
    return channel.sign(Request("POST", PUBLIC + channel.path, headers, json.dumps(body).encode(), AT), secret)


def postmark_mail(**fields: object) -> Request:
    return json_request(POSTMARK, fields)


def payloads(folder: str) -> list[Path]:
    """Golden requests of a channel, or mails of "mail"."""
    return sorted(path for path in (PAYLOADS / folder).iterdir() if not any(word in path.name for word in BESIDE))


def expected(path: Path) -> list[object]:
    """What a payload must become."""
    told = json.loads(path.with_suffix(".expected.json").read_text())
    return told if isinstance(told, list) else [told]


def mail(content: bytes) -> Contact:
    return parse_mail(content, "bounce-17@mail.example.org", ("Help@Pets.example.com",), AT)


def shown(contact: Contact) -> object:
    """A contact as its expectation is written: without what has its default."""
    return contact.model_dump(mode="json", exclude_defaults=True)
