"""The SMTP listener: a mailbox served on a socket, with TLS where a certificate is set."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl

from channels.errors import Problem
from router.gateway.smtp import Connection, Mailbox
from router.settings import Settings

IDLE_S = 600.0  # aiosmtpd counts from the last command, and a large mail is one DATA


class BadTls(Problem):
    """The certificate or key of the SMTP listener can't be used."""


class Listener:
    """Serves a mailbox on a socket."""

    def __init__(self, mailbox: Mailbox, settings: Settings, idle_s: float = IDLE_S) -> None:
        """Raises BadTls."""
        self._mailbox = mailbox
        self._settings = settings
        self._idle_s = idle_s
        self._tls = tls_context(settings)
        self._server: asyncio.Server | None = None
        # aiosmtpd logs commands and addresses.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)

    async def start(self, socket: object) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=socket)  # type: ignore[call-overload]  # a bound socket; typeshed wants host or sock literally

    async def stop(self, within_s: float) -> None:
        """Takes no new connection, lets mails that are being taken finish, then closes all."""
        if self._server is None:
            return
        self._server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._mailbox.places.idle()
        for connection in list(self._mailbox.connections):
            if connection.transport is not None:
                connection.transport.close()

    def _connection(self) -> Connection:
        connection = Connection(
            self._mailbox,
            hostname=self._settings.smtp_hostname,
            ident="contact router",
            data_size_limit=self._settings.smtp_max_bytes,
            enable_SMTPUTF8=True,
            decode_data=False,
            tls_context=self._tls,
            require_starttls=self._settings.smtp_require_tls,
            timeout=self._idle_s,
            auth_require_tls=False,  # `handle_AUTH` asks for TLS, except on loopback
            authenticator=self._mailbox.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._mailbox.connections.add(connection)
        return connection


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """None where no certificate is set. Raises BadTls with the file and what is wrong."""
    cert, key = settings.smtp_tls_cert, settings.smtp_tls_key
    if cert is None:
        if settings.smtp_require_tls:
            raise BadTls("ROUTER_SMTP_REQUIRE_TLS is set, but ROUTER_SMTP_TLS_CERT isn't")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise BadTls(f"ROUTER_SMTP_TLS_CERT {cert}, ROUTER_SMTP_TLS_KEY {key}: {error}") from None
    return context
