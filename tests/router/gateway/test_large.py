"""Bodies above 1 MB, by HTTP: in a file, read by another process, and for the provider like any other."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import signal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.contact import Contact, Medium
from channels.contract import MIB, Channel, Request, Secrets, Verified
from channels.registry import CHANNELS
from router.gateway import pace
from router.gateway.blobs import storing
from router.gateway.body_files import BodyFile
from router.gateway.places import LARGE, Places
from router.model import dead_letters
from router.play import postmark
from router.play.sample import Keys, Sample
from tests.router.gateway.listening import listening, spooled
from tests.router.gateway.parts import ANN, KEYS, NOW, PUBLIC, Running, running
from tests.until import until

HOOK = "POST /hooks/postmark/inbound HTTP/1.1"
JSON = "Content-Type: application/json"


def mail(size: int = 2 * MIB, keys: Keys = KEYS, seed: int = 1) -> tuple[Sample, bytes]:
    """A mail with a file of `size` bytes, and the file."""
    content = Random(seed).randbytes(size)
    files = (("x-ray.png", "image/png", content),)
    return postmark.email(ANN, "help", "see the file", keys, Random(seed), at=NOW, files=files), content


def authorization(sample: Sample) -> str:
    return next(f"{name}: {value}" for name, value in sample.headers if name.lower() == "authorization")


async def test_a_large_mail_is_taken_with_its_body_and_files_stored(up: Running) -> None:
    sample, content = mail()
    async with listening(up) as server, server.client() as client:
        response = await client.post(sample.path, content=sample.body, headers=sample.headers)
    assert response.status_code == 200
    assert response.headers["x-router-contact-id"] == sample.contact_id
    (contact,) = up.log.contacts()
    assert contact.raw is not None
    assert (contact.raw.size, contact.raw.sha256) == (len(sample.body), hashlib.sha256(sample.body).hexdigest())
    (attachment,) = contact.contact.attachments
    assert up.blobs.kept == {contact.raw.sha256: sample.body, str(attachment.sha256): content}
    assert up.blobs.order == [0, 0]
    assert spooled(up) == []
    assert up.gateway.places.size == 0


async def test_two_at_once_are_both_taken(up: Running) -> None:
    async with listening(up) as server, server.client() as client:
        answers = await asyncio.gather(
            *(
                client.post(sample.path, content=sample.body, headers=sample.headers)
                for sample in (mail(seed=1)[0], mail(seed=2)[0])
            )
        )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({contact.contact_id for contact in up.log.contacts()}) == 2


async def test_a_large_body_that_is_forged_leaves_nothing(up: Running) -> None:
    sample, _ = mail(keys=Keys(PUBLIC, None, "postmark:wrong"))
    async with listening(up) as server, server.client() as client:
        response = await client.post(sample.path, content=sample.body, headers=sample.headers)
    assert response.status_code == 403
    assert (up.blobs.kept, up.log.messages, spooled(up)) == ({}, [], [])


@pytest.mark.parametrize("size", [2 * MIB, 8 * MIB])
async def test_a_large_body_that_cannot_be_parsed_is_kept_raw_and_dead_lettered(up: Running, size: int) -> None:
    sample, _ = mail(1)
    body = b'{"FromFull": {"Email": ["' + b"x" * size + b'"]}}'
    async with listening(up) as server, server.client() as client:
        response = await client.post(sample.path, content=body, headers=sample.headers)
    assert response.status_code == 200
    (letter,) = up.log.on("gateway.dlq")
    assert dead_letters.letter_of(letter.headers).field == "FromFull.Email"
    assert dict(letter.headers)["raw_size"] == str(len(body)).encode()
    assert up.blobs.kept[letter.key.decode()] == body
    assert letter.value == (body if size == 2 * MIB else b"")
    assert spooled(up) == []


async def test_what_does_not_fit_is_refused_before_any_of_it_is_read(tmp_path: Path) -> None:
    up = running(tmp_path, places=Places(most_bytes=4 * MIB))
    sample, _ = mail()
    async with listening(up) as server, server.client() as client:
        head = (HOOK, JSON, authorization(sample), f"Content-Length: {len(sample.body)}", "Expect: 100-continue")
        reader, writer = await server.connect(*head)
        assert (await reader.readline()).startswith(b"HTTP/1.1 100 ")
        refused, other = await server.connect(*head)
        answer = await refused.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: " in answer.lower()
        other.close()
        assert (await client.post("/hooks/postmark/inbound", content=b"small")).status_code == 401
        writer.write(sample.body)
        await reader.readline()
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        writer.close()
        assert (await client.post(sample.path, content=sample.body, headers=sample.headers)).status_code == 200


async def test_a_body_of_unknown_size_is_refused_once_it_does_not_fit(tmp_path: Path) -> None:
    up = running(tmp_path, places=Places(most_bytes=4 * MIB))

    async def parts() -> object:
        for _ in range(80):
            yield b"x" * 100_000

    async with listening(up) as server, server.client() as client:
        response = await client.post("/hooks/postmark/inbound", content=parts())  # type: ignore[arg-type]
        assert (response.status_code, response.json()) == (503, {"reason": "full"})
    assert spooled(up) == []
    assert up.gateway.places.size == 0


@pytest.mark.parametrize("framing", ["Content-Length: 9000000", "Transfer-Encoding: chunked"])
async def test_an_upload_that_is_cut_off_leaves_no_file(up: Running, framing: str) -> None:
    async with listening(up) as server:
        _, writer = await server.connect(HOOK, JSON, framing)
        body = b"x" * (3 * MIB)
        writer.write(body if "Length" in framing else b"%x\r\n%s\r\n" % (len(body), body))
        await writer.drain()
        await until(lambda: bool(spooled(up)), 5)
        writer.close()
        await until(lambda: not spooled(up) and not up.gateway.places.taken, 5)
    assert up.gateway.places.size == 0
    assert up.log.messages == []


async def test_a_sender_that_falls_silent_is_told_to_come_again(up: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SILENT_S", 0.1)
    async with listening(up) as server:
        reader, writer = await server.connect(HOOK, JSON, "Content-Length: 9000000")
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"cut-off" in answer
    assert up.gateway.places.size == 0


async def test_a_disk_that_is_full_refuses_and_keeps_nothing(up: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: BodyFile, parts: list[bytes]) -> None:
        with storing():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(BodyFile, "_write", full)
    sample, _ = mail()
    async with listening(up) as server, server.client() as client:
        response = await client.post(sample.path, content=sample.body, headers=sample.headers)
    assert (response.status_code, response.json()) == (503, {"reason": "disk-full"})
    assert spooled(up) == []


def verified(request: Request, secrets: Secrets) -> Verified:
    return Verified()


def signed(request: Request, key: str) -> Request:
    return request


def killing(request: Request) -> list[Contact]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


async def test_a_body_that_ends_the_process_that_reads_it_is_kept_for_a_person(tmp_path: Path) -> None:
    channel = Channel("test", "twilio", "/hooks/test", Medium.SMS, verified, killing, "TWILIO_AUTH_TOKENS", signed)
    up = running(tmp_path, channels=[channel])
    async with listening(up) as server, server.client() as client:
        response = await client.post("/hooks/test", content=b"x" * (2 * MIB))
    assert response.status_code == 200
    (letter,) = up.log.on("gateway.dlq")
    assert dead_letters.letter_of(letter.headers).reason == "parse-failed"
    assert up.blobs.kept[letter.key.decode()] == b"x" * (2 * MIB)


async def test_a_form_s_field_may_be_larger_than_a_framework_s_parser_takes(tmp_path: Path) -> None:
    up = running(tmp_path, allow_unsigned=("sendgrid",))
    words = b"See the file.\r\n" * (2 * MIB // 15)
    field = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nFrom: ann@example.com\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    async with listening(up) as server, server.client() as client:
        response = await client.post("/hooks/sendgrid/inbound", content=field + words + b"--x--\r\n", headers=headers)
    assert response.status_code == 200
    (contact,) = up.log.contacts()
    assert contact.contact.text.startswith("See the file.")


async def test_every_channel_can_be_read_by_another_process(up: Running) -> None:
    workshop = up.gateway.workshop
    for channel in CHANNELS:
        assert await workshop.run(callable, channel.parse)
        assert await workshop.run(callable, channel.verify)
        assert await workshop.run(callable, channel.needs)
    await workshop.stop()


TYPES = ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data; boundary=x"]
BODIES = st.binary(max_size=100) | st.sampled_from(
    [b"a=", b"[", b'{"RawEmail":"', b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n', b"&", b"%"]
)
LARGE_ENOUGH = [channel for channel in CHANNELS if channel.limit > LARGE]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(TYPES), BODIES, st.booleans())
async def test_no_large_body_whatever_stops_the_line(
    tmp_path: Path, media_type: str, piece: bytes, anybody: bool
) -> None:
    secrets = {f"ROUTER_{channel.secrets}": "a-secret-of-tests" for channel in CHANNELS}
    everybody = tuple({channel.provider for channel in CHANNELS}) if anybody else ()
    up = running(tmp_path, environ=secrets, allow_unsigned=everybody)
    body = piece * (MIB // max(1, len(piece)) + 2) + b"x" * 9
    try:
        async with up.client() as client:
            for channel in LARGE_ENOUGH:
                before = len(up.log.messages)
                response = await client.post(channel.path, content=body, headers={"content-type": media_type})
                assert response.status_code < 500
                assert len(up.log.messages) <= before + response.is_success
    finally:
        await up.gateway.workshop.stop()
    assert spooled(up) == []
    await up.gateway.files.stop()
