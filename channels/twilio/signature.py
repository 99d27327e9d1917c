"""Twilio's signature (Twilio, "Webhooks security"): HMAC of the URL and the form, in X-Twilio-Signature.

A form is signed as the URL followed by every key and value, keys sorted, repeated values sorted and told once.
Any other body is covered by `bodySHA256` in the query, and the URL alone is signed. Twilio signs some URLs
with their port and some without; older senders escape an apostrophe in the query. So several spellings of one
URL are tried, under every secret in force. A body that no signature covers is never accepted.

`RequestValidator.validate` of the twilio library isn't used: it skips the body hash where parameters are a
mapping, raises TypeError on bytes, and mangles user:password@host:port and IPv6. Its `compute_signature` would be, but
for its time, of which every message and call takes some; a test shows that ours gives the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import HMAC_SHA1, get_signature_algorithm

from channels.contract import MIB, Request, Secrets, Verified
from channels.errors import Forged

HEADER = "X-Twilio-Signature"
SECRETS = "TWILIO_AUTH_TOKENS"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
FORM = "application/x-www-form-urlencoded"

LIMIT = MIB
"""Bytes of the largest body that a Twilio hook takes; a message has 1,600 characters, media come as links."""

_AUTHORITY = re.compile(r"[/?#]")

ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}

Pairs = Iterable[tuple[str, str]]


def sign(url: str, params: Mapping[str, str] | Pairs, token: str) -> str:
    """The signature that Twilio would send: `url` in full, `params` of the form (none for other bodies)."""
    pairs = params.items() if isinstance(params, Mapping) else params
    return _signature(url + _written(pairs), token, ALGORITHMS[HMAC_SHA1])


def signed(request: Request, token: str) -> Request:
    """A form's request with its signature."""
    return request.having((HEADER, sign(request.url, request.form, token)))


def verify(request: Request, secrets: Secrets) -> Verified:
    """Raises Forged unless one of `secrets` signed the request, NotTheirs where its form can't be read."""
    signature = request.header(HEADER)
    if not signature:
        raise Forged(f"{HEADER} is missing")
    covered = _written(_covered(request))
    algorithm = ALGORITHMS.get(get_signature_algorithm(request.header(SETTINGS_HEADER)).upper())
    if algorithm is None:
        raise Forged(f"{SETTINGS_HEADER} names an algorithm that isn't known")
    given = signature.strip().encode()
    # As a rule the first matches. Which one did is no secret; each comparison takes as long whatever is given.
    urls = chain((request.url,), _others(request.url))
    candidates = (_signature(url + covered, token, algorithm) for url in urls for token in secrets.values)
    if any(hmac.compare_digest(candidate.encode(), given) for candidate in candidates):
        return Verified()
    raise Forged(f"{HEADER} doesn't match")


def spellings(url: str) -> tuple[str, ...]:
    """The ways in which Twilio may have written `url` when it signed it, each once."""
    scheme, found, rest = url.partition("://")
    if not found:
        return (url,)
    authority = _AUTHORITY.split(rest, maxsplit=1)[0]
    path, mark, query = rest[len(authority) :].partition("?")
    hosts = _with_and_without_port(scheme, authority)
    queries = (query, query.replace("'", "%27"))
    return tuple(dict.fromkeys(f"{scheme}://{host}{path}{mark}{query}" for query in queries for host in hosts))


def _with_and_without_port(scheme: str, authority: str) -> tuple[str, str, str]:
    userinfo, at, host = authority.rpartition("@")
    bare, colon, port = host.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()):
        bare = host
    default = "443" if scheme.lower() == "https" else "80"
    return authority, f"{userinfo}{at}{bare}", f"{userinfo}{at}{bare}:{default}"


def _others(url: str) -> Iterator[str]:
    """The other spellings, made only once they are asked for."""
    yield from spellings(url)[1:]


def _covered(request: Request) -> Pairs:
    """What is signed besides the URL. Raises Forged for a body that neither parameters nor a hash cover."""
    if request.media_type == FORM:
        return request.form
    try:
        query = parse_qs(urlsplit(request.url).query)
    except ValueError:
        raise Forged("the URL can't be read") from None
    claimed = query.get("bodySHA256", [])
    if not claimed and not request.body:
        return ()
    actual = hashlib.sha256(request.body).hexdigest()
    if len(claimed) != 1 or not hmac.compare_digest(actual.encode(), claimed[0].lower().encode()):
        raise Forged("bodySHA256 doesn't match the body")
    return ()


def _written(pairs: Pairs) -> str:
    """Keys and values as they are signed."""
    return "".join([name + value for name, value in sorted(set(pairs))])


def _signature(text: str, token: str, algorithm: str) -> str:
    return b64encode(hmac.digest(token.encode(), text.encode(), algorithm)).decode()
