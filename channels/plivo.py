"""Plivo SMS and MMS: a message comes in (Plivo, "Receive a message" and "Validating requests").

V3 signs the URL, its query, the form and a nonce: base64 HMAC-SHA256 of `url?query.form.nonce`, query as sorted
`k=v&k=v` and form as sorted `kv`. Its header may list several signatures, one for each token in force; `-Ma-` is made
with the main account's token. Plivo documents no more than V2 for messages: HMAC-SHA256 of the URL without its query,
and the nonce. That covers nothing of the message, so V2 is taken only where V3 is missing, only for a POST, and its
nonce holds for one body. ROUTER_PLIVO_SIGNATURE_VERSIONS=v3 refuses it.

The answer is XML; an empty <Response/> sends nothing. Plivo joins the parts of a long message itself.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

from channels.contact import Attachment, Contact, Medium
from channels.contract import MIB, Channel, Reply, Request, Secrets, Texts, Verified
from channels.errors import Forged, Malformed, Misconfigured, NotTheirs, Unauthenticated
from channels.media import LABEL, linked, links
from channels.parties import parties, party
from channels.texts import bounded, cleaned, line
from channels.theirs import theirs

PROVIDER = "plivo"
VERSIONS = "PLIVO_SIGNATURE_VERSIONS"
KNOWN = ("v3", "v2")
HEADERS = {version: tuple(f"X-Plivo-Signature-{who}{version.upper()}" for who in ("", "Ma-")) for version in KNOWN}
NONCES = {version: f"X-Plivo-Signature-{version.upper()}-Nonce" for version in KNOWN}

KEEP = timedelta(days=7)
"""How long a V2 nonce is remembered; V2 has no time of its own."""

MOST_SIGNATURES = 20
MOST_MEDIA = 50
EXTRA = ("Type", "Units", "MessageIntent", "PowerpackUUID", "ContentType")

THEIRS = links(rf"(?:{LABEL}\.)+plivo\.com")

Pairs = Iterable[tuple[str, str]]


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Unauthenticated without a signature, Forged unless one of `secrets` made one of them."""
    version = _version(request, secrets)
    nonce = (request.header(NONCES[version]) or "").strip()
    if not nonce:
        raise Forged(f"{NONCES[version]} is missing")
    text = of_v3(request, nonce) if version == "v3" else of_v2(request, nonce)
    wanted = [signature(text, secret).encode() for secret in secrets.values]
    given = [each.encode("utf-8", "replace") for each in _given(request, version)]
    if not sum([hmac.compare_digest(one, other) for one in wanted for other in given]):
        raise Forged(f"{HEADERS[version][0]} doesn't match")
    return Verified() if version == "v3" else Verified(nonce=nonce, keep=KEEP)


def signature(text: str, secret: str) -> str:
    return b64encode(hmac.digest(secret.encode(), text.encode("utf-8", "replace"), "sha256")).decode()


def of_v3(request: Request, nonce: str) -> str:
    """What V3 signs."""
    url, mark, _ = request.url.partition("?")
    query, form = _query(request), _form(request)
    asked = "&".join(f"{key}={value}" for key, value in sorted(query))
    posted = "".join(f"{key}{value}" for key, value in sorted(form))
    between = "." if asked and posted else ""
    return f"{url}{'?' if mark or posted else ''}{asked}{between}{posted}.{nonce}"


def of_v2(request: Request, nonce: str) -> str:
    """What V2 signs. Raises Forged for a GET, of whose message nothing would be bound to the nonce."""
    if request.method != "POST":
        raise Forged("a V2 signature tells nothing of a GET's parameters")
    return request.url.partition("?")[0] + nonce


def sign(request: Request, key: str) -> Request:
    """`request` with a V3 signature; its nonce is made of the request."""
    nonce = str(int.from_bytes(hashlib.sha256(request.url.encode() + request.body).digest()[:8]))
    return request.having((HEADERS["v3"][0], signature(of_v3(request, nonce), key)), (NONCES["v3"], nonce))


def parse(request: Request) -> list[Contact]:
    """One contact a message; none for a delivery report. Raises Malformed without a MessageUUID."""
    given = _fields(request)
    if "Status" in given and not {"Text", "Body", "Type", "Media0", "Media1"} & given.keys():
        return []
    uuid = theirs(given.get("MessageUUID"), "MessageUUID")
    text, _, cut = bounded(cleaned(given.get("Text") or given.get("Body") or ""))
    facts = {name: said for name in EXTRA if (said := line(given.get(name), 200))}
    if cut:
        facts["truncated"] = "text"
    return [
        Contact(
            provider=PROVIDER,
            provider_id=uuid,
            delivery=uuid,
            medium=Medium.SMS,
            sender=party(given.get("From")),
            recipients=parties(given.get("To")),
            text=text,
            attachments=_media(given),
            happened_at=request.received_at,
            extra=facts,
        )
    ]


def reply(request: Request, texts: Texts) -> Reply:
    return Reply(media_type="application/xml", body="<Response/>")


def _version(request: Request, secrets: Secrets) -> str:
    """The best of those that the request carries and that are taken."""
    taken = tuple(each.strip().lower() for each in secrets.option(VERSIONS)) or KNOWN
    if not set(taken) <= set(KNOWN):
        raise Misconfigured(f"ROUTER_{VERSIONS}: expected v3, or v3 and v2")
    for version in KNOWN:
        if _given(request, version):
            if version not in taken:
                raise Forged(f"{HEADERS[version][0]} isn't taken (ROUTER_{VERSIONS})")
            return version
    raise Unauthenticated(f"{HEADERS['v3'][0]} is missing")


def _given(request: Request, version: str) -> list[str]:
    listed = (request.header(name) or "" for name in HEADERS[version])
    return [each.strip() for value in listed for each in value.split(",") if each.strip()][:MOST_SIGNATURES]


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.query, keep_blank_values=True, errors="replace")


def _form(request: Request) -> Pairs:
    return request.form if request.method == "POST" and request.body else ()


def _fields(request: Request) -> Mapping[str, str]:
    """Of a POST the form, of a GET the query; of a repeated parameter the first value counts."""
    try:
        return dict(reversed(list(_form(request)) if request.method == "POST" else _query(request)))
    except NotTheirs:
        raise Malformed("body", "a form", request.media_type or "no content type") from None


def _media(given: Mapping[str, str]) -> tuple[Attachment, ...]:
    """Media1 to MediaN, in older accounts from Media0; their types are told by no parameter."""
    named = [(n, given[f"Media{n}"]) for n in range(MOST_MEDIA + 1) if f"Media{n}" in given]
    return tuple(linked(url, None, THEIRS, f"media-{n}") for n, url in named)


CHANNEL = Channel(
    "plivo-sms",
    PROVIDER,
    "/hooks/plivo/sms",
    Medium.SMS,
    verify=verify,
    parse=parse,
    secrets="PLIVO_AUTH_TOKENS",
    options=(VERSIONS,),
    sign=sign,
    limit=MIB,
    methods=("GET", "POST"),
    takes=("application/x-www-form-urlencoded",),
    gives="application/xml",
    reply=reply,
)
