"""What a channel is: verify a request, parse it into contacts, say what to answer. All pure.

The edge calls, in this order: `needs` (fetch what it names, from the hosts that it names only), `verify`, `parse`,
then, once the log has every contact, `reply`. A request that `verify` passed is never answered 4xx for its
content: `Malformed` from `parse` is kept raw, dead-lettered and answered like any other.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from channels import forms, multipart
from channels.contact import Contact, Medium
from channels.errors import Malformed, NotTheirs, Unauthenticated
from channels.multipart import Part

MIB = 1024 * 1024

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Request:
    """One HTTP request as the edge saw it. Headers keep their order; names compare without case.

    url: the address the provider signed: the configured public URL, then raw path and raw query.
    fetched: what `needs` named, by URL.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    received_at: datetime
    fetched: Mapping[str, bytes] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        """The first value of a header, None where it is missing."""
        return self._first.get(name.lower())

    @cached_property
    def _first(self) -> dict[str, str]:
        """The first value of each header, by its name in lower case."""
        return {key.lower(): value for key, value in reversed(self.headers)}

    def having(self, *headers: tuple[str, str]) -> Request:
        """The same request with `headers` besides."""
        return replace(self, headers=(*self.headers, *headers))

    @property
    def query(self) -> str:
        """The raw query, without the question mark."""
        return self.url.partition("?")[2]

    @property
    def media_type(self) -> str:
        """Content type without parameters, in lower case; empty where it is missing."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def form(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a form body, in order, duplicates kept. Raises NotTheirs where the body is no form."""
        if self.media_type != "application/x-www-form-urlencoded":
            raise NotTheirs("expected a body of type application/x-www-form-urlencoded")
        try:
            return forms.pairs(self.body.decode("ascii"))
        except UnicodeDecodeError:
            raise NotTheirs("expected a form of ASCII characters and %XX escapes") from None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Parts of a form, multipart or not, as bytes, in order. Raises NotTheirs, Malformed."""
        return multipart.parts(self.body, self.header("content-type") or "")

    def fields(self) -> dict[str, str]:
        """The form as a mapping; of a repeated field the first value counts."""
        found: dict[str, str] = {}
        for key, value in self.form:
            found.setdefault(key, value)
        return found

    @property
    def basic_auth(self) -> str:
        """`user:password`. Raises Unauthenticated where there is none."""
        scheme, _, encoded = (self.header("authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            raise Unauthenticated
        try:
            return b64decode(encoded.strip(), validate=True).decode("utf-8")
        except ValueError:  # not base64, not ASCII, not UTF-8
            raise Unauthenticated from None

    def json(self, model: type[Model]) -> Model:
        """The body as `model`. Raises Malformed with the first wrong field's path."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            raise malformed(error) from None


def malformed(error: ValidationError) -> Malformed:
    """The first complaint of a validation, in our words and without the content."""
    first = error.errors(include_url=False, include_context=False)[0]
    path = ".".join(str(part) for part in first["loc"]) or "body"
    return Malformed(path, first["msg"], type(first["input"]).__name__)


@dataclass(frozen=True)
class Secrets:
    """Secrets of one provider, several at once while they rotate.

    options: the channel's further settings by name, each a list; a setting that isn't set is missing.
    """

    values: tuple[str, ...] = field(default=(), repr=False)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.values)

    def match(self, candidate: str) -> bool:
        """True if `candidate` is one of them; compares all, each in constant time."""
        wanted = candidate.encode()
        return sum(hmac.compare_digest(secret.encode(), wanted) for secret in self.values) > 0

    def option(self, name: str) -> tuple[str, ...]:
        """The values of a further setting; empty where it isn't set."""
        return self.options.get(name, ())


@dataclass(frozen=True)
class Verified:
    """The request is the provider's. A nonce, where there is one, is remembered by the edge for `keep`.

    content: the SHA-256 in hex of what the nonce holds for, where the body's own may change from one try to the next
        (a form's boundary); None: the body's.
    """

    nonce: str | None = None
    keep: timedelta = timedelta(0)
    content: str | None = None


@dataclass(frozen=True)
class Need:
    """Something to fetch before a request can be verified. The channel has checked that `host` is the provider's.

    instead: the setting that names files; where it is set, their contents, joined, are taken and nothing is fetched.
    """

    url: str
    host: str
    instead: str | None = None


@dataclass(frozen=True)
class Confirmation:
    """A subscription that the edge should confirm by a GET of `url`; the channel has checked `host`, as for Need."""

    url: str
    host: str


@dataclass(frozen=True)
class Reply:
    """What the provider gets once the log has the contacts."""

    status: int = 200
    media_type: str | None = None
    body: str = ""


@dataclass(frozen=True)
class Texts:
    """What the deployment says to people through channels (data, from router.yaml).

    greeting: spoken to a caller. voice: how, in the provider's terms. queue: the provider's waiting line.
    """

    greeting: str = "Thank you for calling the safety team. Please hold, we are getting someone for you."
    language: str = "en-US"
    queue: str = "safety"


Verify = Callable[[Request, Secrets], Verified]
Parse = Callable[[Request], list[Contact] | Confirmation]
Needs = Callable[[Request, Secrets], tuple[Need, ...]]
Sign = Callable[[Request, str], Request]


def no_needs(request: Request, secrets: Secrets) -> tuple[Need, ...]:
    return ()


def empty_reply(request: Request, texts: Texts) -> Reply:
    return Reply()


@dataclass(frozen=True)
class Channel:
    """One hook of one provider.

    provider: names the metrics' label. medium: of most of its contacts, and of what can't be read.
    secrets: the setting, without ROUTER_, that turns the provider on; options: further ones that `needs` and `verify`
        ask for (`Secrets.option`), each a list. Channels of one provider have the same.
    switches: those of the options that turn the provider on as well; `verify` demands all that is set.
    sign: a request as the provider would send it, signed with the key given; for samples and tests.
    reads: names of headers, besides Content-Type, that `parse` reads; one with a * at its end stands for all that
        begin so. They are kept with what can't be read, for reading it again; what `verify` reads isn't.
    takes: media types of the bodies that the provider sends; gives: of what `reply` says, None where it is empty.
    limit: largest body in bytes.
    """

    name: str
    provider: str
    path: str
    medium: Medium
    verify: Verify
    parse: Parse
    secrets: str
    sign: Sign
    options: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    limit: int = 40 * MIB
    methods: tuple[str, ...] = ("POST",)
    takes: tuple[str, ...] = ("application/json",)
    gives: str | None = None
    reads: tuple[str, ...] = ()
    needs: Needs = no_needs
    reply: Callable[[Request, Texts], Reply] = empty_reply
