"""Mails that come as forms, through the whole gateway: in memory while they are small, in a file once they are not."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from channels.contract import MIB, Channel, Request
from channels.mailgun.inbound import CHANNEL as MAILGUN
from channels.sendgrid.inbound import CHANNEL as SENDGRID
from router.gateway.places import LARGE
from tests.channels.requests import payloads, signing, unsigned
from tests.router.gateway.parts import NOW, Running, running

BASIC = "sendgrid:5ecret"
ENVIRON = {"ROUTER_SENDGRID_BASIC_AUTH": BASIC, "ROUTER_MAILGUN_SIGNING_KEYS": signing(MAILGUN).present.verify}


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Running]:
    up = running(tmp_path, environ=dict(ENVIRON))
    yield up
    await up.gateway.workshop.stop()


def sample(channel: Channel, name: str, body: bytes | None = None) -> Request:
    (path,) = (path for path in payloads(channel.name) if path.name == name)
    return replace(unsigned(channel, path, body), received_at=NOW)


async def sent(up: Running, request: Request, user: str | None = None) -> httpx.Response:
    if user is not None:
        request = request.having(("Authorization", f"Basic {b64encode(user.encode()).decode()}"))
    async with up.client() as client:
        return await client.post(
            httpx.URL(request.url).raw_path.decode(), content=request.body, headers=list(request.headers)
        )


async def test_basic_auth_alone_turns_sendgrid_on(up: Running) -> None:
    request = sample(SENDGRID, "attachments.multipart")
    response = await sent(up, request, BASIC)
    assert (response.status_code, response.text) == (200, "")
    (contact,) = up.log.contacts()
    assert contact.contact.text == "Receipt and a picture:"
    assert {one.sha256 for one in contact.contact.attachments} < set(up.blobs.kept)
    assert (await sent(up, request)).status_code == 401
    assert (await sent(up, request, "sendgrid:other")).status_code == 403


async def test_a_key_besides_demands_a_signature_too(up: Running) -> None:
    up.environ["ROUTER_SENDGRID_PUBLIC_KEYS"] = signing(SENDGRID).present.verify
    request = sample(SENDGRID, "plain.multipart")
    assert (await sent(up, request, BASIC)).status_code == 403
    whole = SENDGRID.sign(request, signing(SENDGRID).present.sign)
    assert (await sent(up, whole, BASIC)).status_code == 200


async def test_a_key_of_ours_that_cant_be_read_loses_no_mail(up: Running) -> None:
    up.environ["ROUTER_SENDGRID_PUBLIC_KEYS"] = "not-a-key"
    whole = SENDGRID.sign(sample(SENDGRID, "plain.multipart"), signing(SENDGRID).present.sign)
    assert (await sent(up, whole, BASIC)).status_code == 503


async def test_half_a_mail_is_kept_and_told(up: Running) -> None:
    whole = sample(SENDGRID, "plain.multipart")
    response = await sent(up, replace(whole, body=whole.body[:-20]), BASIC)
    assert response.status_code == 200
    assert up.log.contacts() == []
    assert len(up.log.on("gateway.dlq")) == 1


@pytest.mark.parametrize("channel", [SENDGRID, MAILGUN], ids=lambda channel: channel.provider)
async def test_a_mail_in_a_file_is_the_contact_that_it_is_in_memory(up: Running, channel: Channel) -> None:
    small = sample(channel, "attachments.multipart")
    large = small.body.replace(b"Total: 84.00", b"x" * (LARGE + MIB))
    for body in (small.body, large):
        request = MAILGUN.sign(replace(small, body=body), signing(MAILGUN).present.sign)
        assert (await sent(up, request, BASIC)).status_code == 200
    first, second = (one.contact for one in up.log.contacts())
    assert first.attachments[0].sha256 != second.attachments[0].sha256
    assert second.attachments[0].size == LARGE + MIB + 2
    assert first.model_dump(exclude={"attachments", "provider_id", "delivery"}) == second.model_dump(
        exclude={"attachments", "provider_id", "delivery"}
    )


async def test_a_mailgun_token_holds_for_one_body(up: Running) -> None:
    request = MAILGUN.sign(sample(MAILGUN, "plain.form"), signing(MAILGUN).present.sign)
    assert (await sent(up, request)).status_code == 200
    assert (await sent(up, request)).status_code == 200
    assert {one.contact.provider_id for one in up.log.contacts()} == {up.log.contacts()[0].contact.provider_id}
    assert (await sent(up, replace(request, body=request.body + b"&body-html=x"))).status_code == 403
