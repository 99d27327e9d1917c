"""Mails above 1 MB over SMTP: in a file while they come, within the same cap as the hooks'."""

from __future__ import annotations

import asyncio
from base64 import encodebytes
from pathlib import Path
from random import Random

import aiosmtplib
import pytest

from channels.contract import MIB
from router.gateway import pace
from router.gateway.blobs import StoreFull
from router.gateway.body_files import BodyFile
from router.gateway.places import Places
from tests.router.gateway.listening import spooled
from tests.router.gateway.parts import Running, running
from tests.router.gateway.test_smtp import MAIL, Served, refusal, served
from tests.until import until

FILE = Random(3).randbytes(2 * MIB)
LARGE_MAIL = (
    b"From: ann@example.com\r\nSubject: Help\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\n.see the file\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=x-ray.png\r\n\r\n"
    + encodebytes(FILE).replace(b"\n", b"\r\n")
    + b"--b--\r\n"
)


async def data(listening: Served, *lines: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which DATA was asked for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    for line in (b"EHLO a", *lines, b"RCPT TO:<safety@example.com>", b"DATA"):
        writer.write(line + b"\r\n")
    await writer.drain()
    return reader, writer


async def test_a_large_mail_is_taken_with_its_body_and_files_stored(up: Running) -> None:
    async with served(up) as listening:
        answer = await listening.send(LARGE_MAIL)
    (contact,) = up.log.contacts()
    assert answer == f"250 OK {contact.contact_id}"
    assert contact.contact.text.strip() == ".see the file"
    assert contact.raw is not None
    assert up.blobs.kept[contact.raw.sha256] == LARGE_MAIL
    assert FILE in up.blobs.kept.values()
    assert (spooled(up), up.gateway.places.size) == ([], 0)


async def test_a_mail_of_a_size_that_does_not_fit_is_put_off_before_it_is_sent(tmp_path: Path) -> None:
    up = running(tmp_path, places=Places(most_bytes=4 * MIB))
    async with served(up) as listening, listening.client() as client:
        await client.ehlo()
        await client.mail("ann@example.com", options=[f"SIZE={5 * MIB}"])
        await client.rcpt("safety@example.com")
        assert (await client.execute_command(b"DATA")).code == 451
        assert (await client.noop()).code == 250


async def test_a_mail_that_turns_out_not_to_fit_is_put_off_and_the_connection_goes_on(tmp_path: Path) -> None:
    up = running(tmp_path, places=Places(most_bytes=2 * MIB))
    async with served(up) as listening, listening.client() as client:
        await client.mail("ann@example.com")
        await client.rcpt("safety@example.com")
        with refusal(451):
            await client.data(LARGE_MAIL)
        await client.mail("ann@example.com")
        await client.rcpt("safety@example.com")
        assert (await client.data(MAIL)).code == 250
    assert (spooled(up), up.gateway.places.size) == ([], 0)


async def test_a_disk_that_is_full_is_told_as_such(up: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: BodyFile, parts: list[bytes]) -> None:
        raise StoreFull

    monkeypatch.setattr(BodyFile, "_write", full)
    async with served(up) as listening:
        with refusal(452):
            await listening.send(LARGE_MAIL)
    assert spooled(up) == []


async def test_what_comes_right_after_a_mail_is_answered_too(up: Running) -> None:
    async with served(up) as listening:
        reader, writer = await data(listening, b"MAIL FROM:<ann@example.com>")
        writer.write(MAIL + b".\r\nNOOP\r\nQUIT\r\n")
        told = await reader.read()
        writer.close()
    assert [line[:3] for line in told.splitlines()[-3:]] == [b"250", b"250", b"221"]
    assert len(up.log.messages) == 1


async def test_a_mail_that_is_cut_off_leaves_no_file(up: Running) -> None:
    async with served(up) as listening:
        _, writer = await data(listening, b"MAIL FROM:<ann@example.com>")
        writer.write(LARGE_MAIL)
        await writer.drain()
        await until(lambda: bool(spooled(up)), 5)
        writer.close()
        await until(lambda: not spooled(up) and not up.gateway.places.taken, 5)
    assert up.log.messages == []


async def test_a_client_that_falls_silent_is_told_to_come_again(up: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SILENT_S", 0.1)
    async with served(up) as listening:
        reader, writer = await data(listening, b"MAIL FROM:<ann@example.com>")
        told = await reader.read()
        writer.close()
    assert told.splitlines()[-1].startswith(b"421 ")
    assert up.gateway.places.size == 0


async def test_a_stop_ends_what_is_half_sent(up: Running) -> None:
    async with served(up) as listening:
        _, writer = await data(listening, b"MAIL FROM:<ann@example.com>")
        writer.write(LARGE_MAIL)
        await writer.drain()
        await until(lambda: bool(spooled(up)), 5)
        await listening.listener.stop(0.01)
        await until(lambda: not spooled(up), 5)
        writer.close()
        with pytest.raises((aiosmtplib.SMTPException, OSError)):
            await listening.send()
