"""The mailbox behind SMTP: 250 only once the log has a mail, else 451 (RFC 1123, 5.3.3), so that the client keeps it.

Mail is taken from the networks of ROUTER_SMTP_ALLOW, and from whoever authenticates as one of ROUTER_SMTP_USERS;
a password is asked for only under TLS or on loopback. What can't be parsed is kept raw and answered 250.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from weakref import WeakSet

import structlog
from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from channels.contact import Medium
from channels.errors import Problem
from channels.smtp import PROVIDER
from router.gateway.alerts import SignatureAlerts
from router.gateway.blobs import StoreFull
from router.gateway.body_files import BodyFile, BodyFiles
from router.gateway.came import CameByMail
from router.gateway.delivery import Delivery
from router.gateway.edge import Edge
from router.gateway.incoming import Incoming
from router.gateway.large import Large, LargeDelivery
from router.gateway.mail_data import BUFFERED, MailCutOff, MailTooLarge, receive
from router.gateway.metrics import Metrics
from router.gateway.places import Places
from router.gateway.reading import MailReading
from router.gateway.refusals import refusal_of
from router.gateway.trace import traceparent
from router.gateway.workshop import Workshop
from router.settings import SecretFiles

USERS = "SMTP_USERS"
CHANNEL = "smtp"
MOST_CONNECTIONS = 100
MEDIA_TYPE = "message/rfc822"
NULL_PATH = "<>"

NOT_ALLOWED = "554 5.7.1 mail is not taken from here"
TOO_MANY = "421 4.3.2 too many connections, try again"
NEEDS_TLS = "538 5.7.11 a password is taken only under TLS"
NEEDS_RCPT = "503 5.5.1 RCPT comes first"
NO_ARGUMENT = "501 5.5.4 DATA takes no argument"
GO_ON = "354 end with a dot on a line of its own"
TOO_LARGE = "552 5.3.4 larger than is taken here"
TOO_SLOW = "421 4.4.2 the mail came too slowly, try again"
AGAIN = "451 4.3.0 not taken, try again"
NO_SPACE = "452 4.3.1 no space left, try again"

log = structlog.get_logger()


class Connection(SMTP):
    """Reads a mail in pieces, where aiosmtpd gathers its lines in memory: so lines may be of any length, too."""

    line_length_limit = BUFFERED

    @property
    def reader(self) -> asyncio.StreamReader:
        reader: asyncio.StreamReader = self._reader
        return reader

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push(NEEDS_RCPT)
            return
        if arg:
            await self.push(NO_ARGUMENT)
            return
        mailbox: Mailbox = self.event_handler
        try:
            answer = await mailbox.take(self, envelope)
        except MailCutOff:
            await self.push(TOO_SLOW)
            self._writer.close()
            return
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd's
        await self.push(answer)


@dataclass
class Mailbox:
    """What aiosmtpd calls: its names for methods, and strings with status lines for answers. most_bytes: of a mail."""

    edge: Edge
    places: Places
    files: BodyFiles
    workshop: Workshop
    most_bytes: int
    secrets: SecretFiles
    alerts: SignatureAlerts
    metrics: Metrics
    allow: Collection[IPv4Network | IPv6Network]
    clock: Callable[[], datetime]
    connections: WeakSet[Connection] = field(default_factory=WeakSet)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Connection, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offered = self.secrets.get(USERS) and _private(session)
        return [line for line in responses if offered or not line.startswith("250-AUTH")]

    async def handle_AUTH(  # noqa: N802
        self, server: Connection, session: Session, envelope: Envelope, args: list[str]
    ) -> object:
        return MISSING if _private(session) else NEEDS_TLS

    async def handle_MAIL(  # noqa: N802
        self, server: Connection, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not (session.authenticated or self._allowed(session)):
            self.metrics.contacts.labels(CHANNEL, "not-allowed").inc()
            log.warning("smtp.refused", why="not-allowed")
            return NOT_ALLOWED
        if sum(connection.transport is not None for connection in self.connections) > MOST_CONNECTIONS:
            self.metrics.contacts.labels(CHANNEL, "full").inc()
            return TOO_MANY
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def take(self, connection: Connection, envelope: Envelope) -> str:
        """The answer to one DATA. Raises MailCutOff, after which nothing can be said on this connection."""
        started = time.perf_counter()
        try:
            with self.places.take() as place:
                place.reach(_size_told(envelope))
                await connection.push(GO_ON)
                size, found = await self._take(connection, envelope, Incoming(place, self.files))
        except MailCutOff:
            self._refused("cut-off")
            raise
        except MailTooLarge:
            self._refused("too-large")
            return TOO_LARGE
        except Problem as problem:
            self._refused(refusal_of(problem).reason)
            return NO_SPACE if isinstance(problem, StoreFull) else AGAIN
        if not found:
            return "250 OK kept for a person to read"
        ms = round((time.perf_counter() - started) * 1000, 1)
        log.info("contact.accepted", channel=CHANNEL, contact=found[0], bytes=size, ms=ms)
        return f"250 OK {found[0]}"

    async def _take(
        self, connection: Connection, envelope: Envelope, incoming: Incoming
    ) -> tuple[int, tuple[str, ...]]:
        """Bytes, and ids of the contacts."""
        try:
            content = await receive(connection.reader, self.most_bytes, incoming)
            if isinstance(content, bytes):
                return len(content), await self._take_small(envelope, content)
            return content.size, await self._take_large(envelope, content)
        finally:
            await incoming.drop()

    async def _take_small(self, envelope: Envelope, content: bytes) -> tuple[str, ...]:
        reading = self._reading(envelope)
        delivery = Delivery(
            channel=CHANNEL,
            provider=PROVIDER,
            medium=Medium.EMAIL,
            raw=content,
            media_type=MEDIA_TYPE,
            received_at=reading.received_at,
            traceparent=traceparent(None),
            came=CameByMail(reading.sender, reading.recipients),
        )
        # A mail may take long to read, whatever its size.
        return await self.edge.take(delivery, lambda: reading(content), slow=True)

    async def _take_large(self, envelope: Envelope, content: BodyFile) -> tuple[str, ...]:
        reading = self._reading(envelope)
        delivery = LargeDelivery(
            channel=CHANNEL,
            provider=PROVIDER,
            medium=Medium.EMAIL,
            raw=b"",
            media_type=MEDIA_TYPE,
            received_at=reading.received_at,
            traceparent=traceparent(None),
            came=CameByMail(reading.sender, reading.recipients),
            length=content.size,
            digest=content.sha256,
        )
        return await self.edge.take_large(delivery, Large(content.path, self.workshop), reading)

    def _reading(self, envelope: Envelope) -> MailReading:
        sender = "" if envelope.mail_from in (None, NULL_PATH) else str(envelope.mail_from)
        return MailReading(sender, tuple(str(each) for each in envelope.rcpt_tos), self.clock())

    def _refused(self, why: str) -> None:
        self.metrics.contacts.labels(CHANNEL, why).inc()
        log.warning("smtp.refused", why=why)

    async def handle_exception(self, error: Exception) -> str:
        """What the listener itself fails on. The error's text may quote the mail, so only its type is told."""
        log.error("smtp.failed", error=type(error).__name__)
        return AGAIN

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        user, password = (given.login, given.password) if isinstance(given, LoginPassword) else (b"", b"")
        if self.secrets.get(USERS).match((user + b":" + password).decode("utf-8", "replace")):
            self.alerts.verified(PROVIDER)
            return AuthResult(success=True)
        self.metrics.contacts.labels(CHANNEL, "forged").inc()
        log.warning("smtp.refused", why="password")
        self.alerts.refused(PROVIDER, f"ROUTER_{USERS}")
        return AuthResult(success=False, handled=False)

    def _allowed(self, session: Session) -> bool:
        peer = _peer(session)
        return peer is not None and any(peer in network for network in self.allow)


def _peer(session: Session) -> object:
    """The client's address; an IPv4 one also where the socket tells it as IPv6."""
    try:
        found = ip_address(str((session.peer or ("",))[0]).partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _size_told(envelope: Envelope) -> int:
    """What SIZE of MAIL FROM says (RFC 1870); 0 where it says nothing. aiosmtpd has checked its form and the limit."""
    told = (option.partition("=")[2] for option in envelope.mail_options if option.upper().startswith("SIZE="))
    return next((int(size) for size in told if size.isascii() and size.isdigit()), 0)


def _private(session: Session) -> bool:
    """True where nobody on the way can read a password."""
    return session.ssl is not None or bool(getattr(_peer(session), "is_loopback", False))
