"""The SMTP listener, spoken to by a real client over loopback."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from structlog.testing import capture_logs

from channels.contact import Automatic
from router.gateway import reading, smtp, smtp_listener
from router.gateway.blobs import StoreFull
from router.gateway.places import Places
from router.gateway.smtp import Mailbox
from router.gateway.smtp_listener import BadTls, Listener
from router.model import ids
from tests.router.gateway.parts import ID_KEY, NOW, MemoryLog, Running, running

MAIL = b"From: ann@example.com\r\nTo: safety@example.com\r\nSubject: Help\r\n\r\nmy dog ate chocolate\r\n"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")


@dataclass
class Served:
    up: Running
    port: int
    listener: Listener

    def client(self, **settings: Any) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port, **{"start_tls": False, "timeout": 5, **settings})

    async def send(self, content: bytes = MAIL, sender: str = "ann@example.com", **settings: Any) -> str:
        """The last line that the client was told."""
        async with self.client(**settings) as client:
            await client.mail(sender)
            await client.rcpt("safety@example.com")
            response = await client.data(content)
        return f"{response.code} {response.message}"


@asynccontextmanager
async def served(up: Running, **settings: Any) -> AsyncIterator[Served]:
    configured = up.gateway.settings.model_copy(update=settings)
    mailbox = Mailbox(
        edge=up.parts.edge,
        places=up.gateway.places,
        files=up.gateway.files,
        workshop=up.gateway.workshop,
        most_bytes=configured.smtp_max_bytes,
        secrets=up.gateway.secrets,
        alerts=up.parts.alerts,
        metrics=up.gateway.metrics,
        allow=configured.smtp_allow,
        clock=lambda: NOW,
    )
    listener = Listener(mailbox, configured)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        await listener.start(bound)
        try:
            yield Served(up, bound.getsockname()[1], listener)
        finally:
            await listener.stop(0.5)
            await up.gateway.workshop.stop()


async def stored(up: Running) -> None:
    """Returns once the raw mail lies in the blob store."""
    while not up.blobs.kept:  # noqa: ASYNC110 - the store tells nobody
        await asyncio.sleep(0.001)


def refusal(code: int) -> Any:
    return pytest.raises(aiosmtplib.SMTPResponseException, match=rf"^\({code}, ")


async def test_a_mail_is_taken_once_the_log_has_it_and_the_answer_names_the_contact(up: Running) -> None:
    async with served(up) as listening:
        answer = await listening.send()
    (contact,) = up.log.contacts()
    assert answer == f"250 OK {contact.contact_id}"
    assert up.log.messages[0].topic == "inbound.email"
    assert (contact.contact.subject, contact.contact.text.strip()) == ("Help", "my dog ate chocolate")
    assert contact.contact.sender is not None
    assert contact.address_key == ids.address_key(ID_KEY, contact.contact.sender)
    assert contact.raw is not None
    assert up.blobs.kept[contact.raw.sha256] == MAIL
    assert up.blobs.order == [0]


async def test_until_the_log_has_it_the_client_has_no_answer(tmp_path: Path) -> None:
    hold = asyncio.Event()
    up = running(tmp_path, log=MemoryLog(hold=hold))
    async with served(up) as listening:
        sending = asyncio.create_task(listening.send())
        await stored(up)
        assert not sending.done()
        hold.set()
        assert (await sending).startswith("250 ")


async def test_a_log_that_is_away_lets_the_client_keep_the_mail(up: Running) -> None:
    up.log.away = True
    async with served(up) as listening:
        with refusal(451):
            await listening.send()


async def test_a_full_disk_is_told_as_such(up: Running) -> None:
    up.blobs.fails = StoreFull()
    async with served(up) as listening:
        with refusal(452):
            await listening.send()


async def test_too_much_at_once_is_put_off(tmp_path: Path) -> None:
    up = running(tmp_path, places=Places(most=0))
    async with served(up) as listening:
        with refusal(451):
            await listening.send()


async def test_a_mail_that_cannot_be_read_is_kept_for_a_person(up: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*what: object) -> object:
        raise RuntimeError(what)

    monkeypatch.setattr(reading, "parse_mail", parse)
    with capture_logs() as logs:
        async with served(up) as listening:
            assert (await listening.send()).startswith("250 ")
    (letter,) = up.log.on("gateway.dlq")
    assert letter.value == MAIL
    assert "chocolate" not in str(logs)


@pytest.mark.parametrize(
    "content", [b"\r\n", b"no headers at all\r\n", b"\x00\xff\xfe\r\n", b"Subject: x" + b"y" * 70_000]
)
async def test_any_mail_is_taken(up: Running, content: bytes) -> None:
    async with served(up) as listening:
        assert (await listening.send(content)).startswith("250 ")
    assert len(up.log.messages) == 1


async def test_a_bounce_with_a_null_path_is_taken(up: Running) -> None:
    async with served(up) as listening:
        assert (await listening.send(b"Subject: bounce\r\n\r\nx\r\n", sender="")).startswith("250 ")
    (contact,) = up.log.contacts()
    assert contact.address_key is None


async def test_an_absence_note_is_taken_marked_and_counted_apart(up: Running) -> None:
    content = b"From: ann@example.org\r\nSubject: Automatic reply: x\r\n\r\naway\r\n"
    async with served(up) as listening:
        assert (await listening.send(content, sender="")).startswith("250 ")
        assert (await listening.send(content, sender="ann@example.org")).startswith("250 ")
    assert [one.contact.automatic for one in up.log.contacts()] == [Automatic.AUTO_REPLY, None]
    assert up.metric("router_contacts_total", channel="smtp", outcome="auto-reply") == 1
    assert up.metric("router_contacts_total", channel="smtp", outcome="accepted") == 1


async def test_addresses_and_headers_of_any_language_pass(up: Running) -> None:
    content = "From: jürgen@exämple.com\r\nSubject: Größe\r\n\r\nStraße\r\n".encode()
    async with served(up) as listening, listening.client() as client:
        await client.ehlo()
        assert client.supports_extension("smtputf8")
        assert client.supports_extension("8bitmime")
        await client.mail("jürgen@exämple.com", options=["SMTPUTF8", "BODY=8BITMIME"], encoding="utf-8")
        await client.rcpt("sïcherheit@example.com", encoding="utf-8")
        assert (await client.data(content)).code == 250
    assert up.log.contacts()[0].contact.subject == "Größe"


async def test_a_mail_above_the_limit_is_refused_by_what_it_says_and_by_what_comes(up: Running) -> None:
    async with served(up, smtp_max_bytes=2048) as listening:
        async with listening.client() as client:
            await client.ehlo()
            assert client.esmtp_extensions["size"] == "2048"
            with refusal(552):
                await client.mail("ann@example.com", options=["SIZE=4096"])
        with refusal(552):
            await listening.send(MAIL + b"x" * 70 * 40)
        assert (await listening.send()).startswith("250 ")


async def test_mail_from_elsewhere_is_not_taken(up: Running) -> None:
    async with served(up, smtp_allow=(ip_network("192.0.2.0/24"),)) as listening:
        with refusal(554):
            await listening.send()
    assert up.log.messages == []


async def test_who_has_a_password_may_send_from_anywhere(up: Running) -> None:
    up.environ["ROUTER_SMTP_USERS"] = "relay:password-of-tests"
    elsewhere = (ip_network("192.0.2.0/24"),)
    async with served(up, smtp_allow=elsewhere) as listening:
        answer = await listening.send(username="relay", password="password-of-tests")
        assert answer.startswith("250 ")
        with refusal(535):
            await listening.send(username="relay", password="wrong")
        with refusal(554):
            await listening.send()


async def test_no_password_is_asked_for_where_there_is_none(up: Running) -> None:
    async with served(up) as listening, listening.client() as client:
        await client.ehlo()
        assert not client.supports_extension("auth")


async def test_wrong_passwords_in_a_row_raise_the_alert(up: Running) -> None:
    up.environ["ROUTER_SMTP_USERS"] = "relay:password-of-tests"
    async with served(up) as listening:
        for _ in range(5):
            with refusal(535):
                await listening.send(username="relay", password="wrong")
    assert up.metric("router_alert", alert="signatures_failing", provider="smtp") == 1


async def test_no_more_connections_than_are_allowed(up: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MOST_CONNECTIONS", 1)
    async with served(up) as listening, listening.client() as first:
        await first.ehlo()
        with refusal(421):
            await listening.send()


async def test_a_stop_lets_a_mail_that_is_being_taken_finish(tmp_path: Path) -> None:
    hold = asyncio.Event()
    up = running(tmp_path, log=MemoryLog(hold=hold))
    async with served(up) as listening:
        sending = asyncio.create_task(listening.send())
        await stored(up)
        stopping = asyncio.create_task(listening.listener.stop(5))
        await asyncio.sleep(0)
        hold.set()
        await stopping
        assert len(up.log.messages) == 1
        with pytest.raises((aiosmtplib.SMTPException, OSError)):
            await listening.send()
        assert (await sending).startswith("250 ")


async def test_nothing_of_a_mail_is_logged(up: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with capture_logs() as logs:
        async with served(up) as listening:
            await listening.send()
    seen = str(logs) + caplog.text
    assert "contact.accepted" in seen
    assert "ann@example.com" not in seen
    assert "chocolate" not in seen


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {cert}"
    subprocess.run(command.split(), check=True, capture_output=True)
    return cert, key


def trusting(cert: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(cert))
    context.check_hostname = False
    return context


@needs_openssl
async def test_tls_is_offered_and_can_be_required(up: Running, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    up.environ["ROUTER_SMTP_USERS"] = "relay:password-of-tests"
    secure = {"smtp_tls_cert": cert, "smtp_tls_key": key, "smtp_require_tls": True}
    async with served(up, **secure) as listening:
        with refusal(530):
            await listening.send()
        tls: Any = {"start_tls": True, "tls_context": trusting(cert)}
        assert (await listening.send(**tls)).startswith("250 ")
        answer = await listening.send(**tls, username="relay", password="password-of-tests")
        assert answer.startswith("250 ")


def test_a_certificate_that_cannot_be_read_stops_the_start(up: Running, tmp_path: Path) -> None:
    settings = up.gateway.settings
    with pytest.raises(BadTls, match="ROUTER_SMTP_TLS_CERT"):
        smtp_listener.tls_context(settings.model_copy(update={"smtp_tls_cert": tmp_path / "none.pem"}))
    with pytest.raises(BadTls, match="ROUTER_SMTP_REQUIRE_TLS"):
        smtp_listener.tls_context(settings.model_copy(update={"smtp_require_tls": True}))
    assert smtp_listener.tls_context(settings) is None
